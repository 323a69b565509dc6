import { WaitingError } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { queueOptions, jobOptions } from '#queue';
import {
  add,
  deferred,
  drained,
  errorCode,
  keyOf,
  lockOf,
  next,
  queue,
  redis,
  work,
  useContractQueue,
} from './contract-queue.js';

/** Facts about BullMQ that Stride's protocols rest on: an upgrade that changes one fails here first. */

describe('BullMQ, keeping jobs,', () => {
  useContractQueue();

  it('knows these states and no others', async () => {
    expect(Object.keys(await queue.getJobCounts()).sort()).toEqual(
      ['active', 'completed', 'delayed', 'failed', 'prioritized', 'waiting', 'waiting-children'].sort(),
    );
  });

  it('takes any text as an id, and runs an id again once its job is gone', async () => {
    const ids = ['../x', 'a:b:c', 'x'.repeat(10_000)];
    const seen: unknown[] = [];
    const worker = work(async (job) => void seen.push(job.id), { concurrency: 1, autorun: false });
    for (const id of ids) await add(id, {}, { removeOnComplete: true });
    const done = drained(worker, ids.length + 1);
    worker.once('completed', () => void add('../x'));
    await done;
    expect(seen).toEqual([...ids, '../x']);
  });

  it('shows the new data in the answer to an add that it ignored', async () => {
    await add('a', { n: 1 });
    expect((await add('a', { n: 2 })).data).toEqual({ n: 2 });
  });

  it('stores data and results as JSON: no typed arrays, no NaN', async () => {
    const worker = work(async () => ({ numbers: Float32Array.of(1, 2), nan: Number.NaN }));
    await add('a', { nan: Number.NaN, numbers: Float32Array.of(1) });
    await next(worker, 'completed');
    const job = await queue.getJob('a');
    expect(job?.data).toEqual({ nan: null, numbers: { 0: 1 } });
    expect(job?.returnvalue).toEqual({ numbers: { 0: 1, 1: 2 }, nan: null });
  });

  it('limits the size of data, not of results', async () => {
    const text = 'x'.repeat(jobOptions.sampling.sizeLimit);
    await expect(add('a', { text })).rejects.toThrow(/size/);
    expect(await queue.getJob('a')).toBeUndefined();
    const worker = work(async () => text);
    await add('b');
    await next(worker, 'completed');
    expect((await queue.getJob('b'))?.returnvalue).toBe(text);
  });

  it('keeps as many finished jobs as it should, and no clock has a say', async () => {
    const worker = work(async () => undefined, { concurrency: 1, autorun: false });
    for (const id of ['a', 'b', 'c']) await add(id, {}, { removeOnComplete: { count: 2 } });
    await drained(worker, 3);
    expect((await queue.getJobs(['completed'])).map(({ id }) => id)).toEqual(['c', 'b']);
  });

  it('names the fields of a job that we read: data, times, attempts, result and worker', async () => {
    const worker = work(async () => ({ n: 1 }), { name: 'worker-1' });
    const job = await add('a', { n: 0 });
    await next(worker, 'completed');
    const fields = await redis.hgetall(keyOf('a'));
    expect(fields).toMatchObject({ data: '{"n":0}', returnvalue: '{"n":1}', ats: '1', pb: 'worker-1' });
    expect(Number(fields.timestamp)).toBe(job.timestamp);
    expect(Number(fields.processedOn)).toBeGreaterThanOrEqual(job.timestamp);
    expect(Number(fields.finishedOn)).toBeGreaterThanOrEqual(Number(fields.processedOn));
    expect(fields.failedReason).toBeUndefined();
  });

  it('lists a prioritised job in the order of its start, and a running one as active', async () => {
    await add('normal', {}, { priority: 2 });
    await add('interactive', {}, { priority: 1 });
    expect(await redis.zrange(keyOf('prioritized'), '0', '-1')).toEqual(['interactive', 'normal']);
    const started = deferred<void>();
    const finish = deferred<void>();
    const worker = work(
      async () => {
        started.resolve();
        await finish.promise;
      },
      { concurrency: 1 },
    );
    await started.promise;
    expect(await redis.lrange(keyOf('active'), 0, -1)).toEqual(['interactive']);
    finish.resolve();
    await new Promise<void>((resolve) => worker.on('completed', (job) => job.id === 'normal' && resolve()));
  });

  it('keeps all keys under the prefix, in one hash slot, and the length of the event stream in its meta', async () => {
    const worker = work(async () => undefined);
    await add('a', {}, { priority: 1 });
    await next(worker, 'completed');
    const keys = await redis.keys(`*${queue.name}*`);
    expect(keys.filter((key) => !key.startsWith(`${queueOptions.prefix}:${queue.name}:`))).toEqual([]);
    const maxLen = await redis.hget(keyOf('meta'), 'opts.maxLenEvents');
    expect(Number(maxLen)).toBe(queueOptions.streams.events.maxLen);
  });

  it('counts finished jobs only for workers that ask for metrics', async () => {
    const worker = work(async () => undefined);
    await add('a');
    await next(worker, 'completed');
    expect((await queue.getMetrics('completed')).meta.count).toBe(1);
    await worker.close();
    const silent = work(async () => undefined, { metrics: undefined });
    await add('b');
    await next(silent, 'completed');
    expect((await queue.getMetrics('completed')).meta.count).toBe(1);
  });

  it('lets a job without a priority overtake every prioritised one', async () => {
    const seen: unknown[] = [];
    await add('first', {}, { priority: 1 });
    await add('zero', {}, { priority: 0 });
    const worker = work(async (job) => void seen.push(job.id), { concurrency: 1, autorun: false });
    await drained(worker, 2);
    expect(seen).toEqual(['zero', 'first']);
  });
});

describe('BullMQ, fencing attempts,', () => {
  useContractQueue();

  it('refuses a finish with another attempt’s token with code -6', async () => {
    const worker = work(async () => {
      await redis.set(lockOf('a'), 'another token', 'PX', 60_000);
    });
    const code = errorCode(worker);
    await add('a');
    expect(await code).toBe(-6);
    expect(await queue.getJobState('a')).toBe('active');
  });

  it('gives the same token to the next job of a slot: the token alone names no attempt', async () => {
    const tokens = new Set<string>();
    const worker = work(async (_job, token) => void tokens.add(token ?? ''), { concurrency: 1, autorun: false });
    for (const id of ['a', 'b', 'c']) await add(id);
    await drained(worker, 3);
    expect(tokens.size).toBe(1);
  });

  it('accepts new data and progress from whoever writes them, with or without the lock', async () => {
    const worker = work(async (job) => {
      await redis.del(lockOf('a'));
      await job.updateData({ n: 'zombie' });
      await job.updateProgress(50);
    });
    const code = errorCode(worker);
    await add('a', { n: 1 });
    await code;
    const job = await queue.getJob('a');
    expect([job?.data, job?.progress]).toEqual([{ n: 'zombie' }, 50]);
  });

  it('counts a hand-over as a start, not as an attempt or a stall', async () => {
    const counters: unknown[] = [];
    const worker = work(async (job, token) => {
      counters.push([job.attemptsStarted, job.attemptsMade, job.stalledCounter]);
      if (job.attemptsStarted === 1) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
    });
    await add('a', {}, { priority: 2 });
    await next(worker, 'completed');
    expect(counters).toEqual([
      [1, 0, 0],
      [2, 0, 0],
    ]);
  });

  it('runs a stalled job elsewhere without using up an attempt, and refuses what the first worker says then', async () => {
    const release = deferred<void>();
    const first = work(
      async () => {
        await release.promise;
        return 'first';
      },
      { lockDuration: 100, skipStalledCheck: true, concurrency: 1 },
    );
    const refused = errorCode(first);
    const started = new Promise<void>((resolve) => first.once('active', () => resolve()));
    await add('a');
    await started;
    const second = work(async (job) => ({ stalls: job.stalledCounter, attemptsMade: job.attemptsMade }), {
      stalledInterval: 100,
      drainDelay: 1,
    });
    await next(second, 'completed');
    release.resolve();
    expect(await refused).toBe(-2);
    expect((await queue.getJob('a'))?.returnvalue).toEqual({ stalls: 1, attemptsMade: 0 });
  });
});
