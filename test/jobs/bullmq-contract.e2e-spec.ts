import { Queue, UnrecoverableError, WaitingError, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { queueOptions, samplingJob, samplingWorker } from '#jobs';
import { startRedis, type TestRedis } from '../redis.js';

/** Facts about BullMQ that Stride's protocols rest on: an upgrade that changes one fails here first. */

let server: TestRedis;
let redis: Redis;
let queue: Queue;
let name = 0;
const workers: Worker[] = [];

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
});
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
});
beforeEach(() => {
  queue = new Queue(`contract${name++}`, { ...queueOptions, connection: redis });
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.close(true)));
  await queue.close();
});

function work(process: (job: Job, token?: string, signal?: AbortSignal) => Promise<unknown>, options = {}): Worker {
  const worker = new Worker(queue.name, process, { ...samplingWorker, connection: redis, ...options });
  worker.on('error', () => undefined);
  workers.push(worker);
  return worker;
}

const add = (jobId: string, data: unknown = {}, options = {}) =>
  queue.add('sample', data, { ...samplingJob, jobId, ...options });
const keyOf = (jobId: string, suffix = ''): string => `${queueOptions.prefix}:${queue.name}:${jobId}${suffix}`;
const lockOf = (jobId: string): string => keyOf(jobId, ':lock');
const errorCode = (worker: Worker) =>
  new Promise<unknown>((resolve) => worker.on('error', (error) => 'code' in error && resolve(error.code)));
/** Runs a worker until so many jobs have completed. */
const drained = (worker: Worker, numJobs: number) =>
  new Promise<void>((resolve) => {
    let left = numJobs;
    worker.on('completed', () => --left === 0 && resolve());
    void worker.run();
  });
const next = <Event>(worker: Worker, event: 'completed' | 'failed' | 'stalled') =>
  new Promise<Event>((resolve) => worker.once(event, (...args: unknown[]) => resolve(args[0] as Event)));

function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('BullMQ', () => {
  it('passes a signal to a processor of three parameters, and cancelJob aborts it with the reason', async () => {
    const started = deferred<AbortSignal | undefined>();
    const worker = work(async (_job, _token, signal) => {
      started.resolve(signal);
      await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new UnrecoverableError('stop'))));
    });
    await add('a');
    const signal = await started.promise;
    const failed = next<Job>(worker, 'failed');
    expect(worker.cancelJob('a', 'because')).toBe(true);
    expect(signal?.reason).toBe('because');
    expect((await failed).finishedOn).toBeGreaterThan(0);
    expect(worker.cancelJob('a')).toBe(false);
  });

  it('retries an Error with attemptsStarted counted up, and leaves finishedOn unset until the last attempt', async () => {
    const attempts: number[] = [];
    const unfinished: unknown[] = [];
    const worker = work(async (job) => {
      attempts.push(job.attemptsStarted);
      if (attempts.length < 3) throw new Error('again');
    });
    worker.on('failed', (job) => unfinished.push(job?.finishedOn));
    await add('a', {}, { backoff: { type: 'fixed', delay: 1 } });
    await next(worker, 'completed');
    expect(attempts).toEqual([1, 2, 3]);
    expect(unfinished).toEqual([undefined, undefined]);
  });

  it('ignores an add with the id of an existing job', async () => {
    await add('a', { n: 1 });
    await add('a', { n: 2 });
    expect((await queue.getJob('a'))?.data).toEqual({ n: 1 });
    expect(await queue.getJobCountByTypes('waiting', 'prioritized')).toBe(1);
  });

  it('puts a job that is handed over at the head of the line, without using up an attempt', async () => {
    const seen: string[] = [];
    const worker = work(
      async (job, token) => {
        seen.push(`${job.id}:${job.attemptsMade}`);
        if (seen.length === 1) {
          await job.moveToWait(token);
          throw new WaitingError();
        }
      },
      { concurrency: 1, autorun: false },
    );
    await add('a');
    await add('b');
    await drained(worker, 2);
    expect(seen).toEqual(['a:0', 'a:0', 'b:0']);
  });

  it('refuses a finish without the lock with code -2, as an error event, and shows nothing of it', async () => {
    const worker = work(async () => {
      await redis.del(lockOf('a'));
      return 'late';
    });
    const code = errorCode(worker);
    await add('a');
    expect(await code).toBe(-2);
    expect((await queue.getJob('a'))?.returnvalue).toBeNull();
  });

  it('extends locks that are held and names those that are not', async () => {
    const started = deferred<string>();
    const finish = deferred<void>();
    const worker = work(async (_job, token) => {
      started.resolve(token ?? '');
      await finish.promise;
    });
    await add('a');
    const token = await started.promise;
    expect(await worker.extendJobLocks(['a', 'b'], [token, token], 60_000)).toEqual(['b']);
    expect(await redis.pttl(lockOf('a'))).toBeGreaterThan(30_000);
    const completed = next(worker, 'completed');
    finish.resolve();
    await completed;
  });

  it('runs higher priorities first, lower numbers being higher', async () => {
    const seen: unknown[] = [];
    await add('bulk', {}, { priority: 3 });
    await add('interactive', {}, { priority: 1 });
    await add('normal', {}, { priority: 2 });
    const worker = work(async (job) => void seen.push(job.id), { concurrency: 1, autorun: false });
    await drained(worker, 3);
    expect(seen).toEqual(['interactive', 'normal', 'bulk']);
  });

  it('gives a job back when the lock of its worker has expired', async () => {
    const first = work(() => new Promise(() => undefined), { lockDuration: 200, stalledInterval: 100, drainDelay: 1 });
    await add('a');
    const stalled = next<string>(first, 'stalled'); // nobody renews: skipLockRenewal is set
    expect(await stalled).toBe('a');
  });
});

describe('BullMQ, asked to stop a job,', () => {
  it('passes no signal to a processor that declares fewer than three parameters', async () => {
    const lengths: number[] = [];
    const signals: unknown[] = [];
    const process = async (_job: Job, _token = '', ...rest: unknown[]) => void signals.push(rest[0]);
    lengths.push(process.length);
    const worker = work(process);
    await add('a');
    await next(worker, 'completed');
    expect(lengths).toEqual([1]);
    expect(signals).toEqual([undefined]);
  });

  it('knows the job before its processor runs, so that a cancel cannot fall between them', async () => {
    const seen: unknown[] = [];
    const worker: Worker = work(async (job, _token, signal) => {
      seen.push(worker.cancelJob(job.id ?? '', 'early'), signal?.aborted, signal?.reason);
    });
    await add('a');
    await next(worker, 'completed');
    expect(seen).toEqual([true, true, 'early']);
  });

  it('waits for the job in close(), and leaves it locked in close(true)', async () => {
    const started = deferred<void>();
    const finish = deferred<void>();
    const worker = work(async () => {
      started.resolve();
      await finish.promise;
    });
    await add('a');
    await started.promise;
    const closed = worker.close();
    expect(await Promise.race([closed.then(() => 'closed'), queue.getJobState('a')])).toBe('active');
    finish.resolve();
    await closed;
    expect(await queue.getJobState('a')).toBe('completed');

    const stuck = deferred<void>();
    const other = work(async () => {
      stuck.resolve();
      await new Promise(() => undefined);
    });
    await add('b');
    await stuck.promise;
    await other.close(true);
    expect(await redis.exists(lockOf('b'))).toBe(1);
    expect(await queue.getJobState('b')).toBe('active');
  });

  it('stops fetching when its concurrency is lowered, until fewer jobs run than that', async () => {
    const running: string[] = [];
    const releases = new Map<string, () => void>();
    const bothRun = deferred<void>();
    const worker = work(
      async (job) => {
        running.push(job.id ?? '');
        if (running.length === 2) bothRun.resolve();
        const release = deferred<void>();
        releases.set(job.id ?? '', () => release.resolve());
        await release.promise;
      },
      { concurrency: 2 },
    );
    for (const id of ['a', 'b', 'c']) await add(id);
    await bothRun.promise;
    worker.concurrency = 1;
    const completed = next(worker, 'completed');
    releases.get('a')?.();
    await completed;
    await queue.getJobCounts(); // a round trip after the completion: c would have been fetched with it
    expect(running).toEqual(['a', 'b']);
    const last = new Promise<void>((resolve) => worker.on('active', (job) => job.id === 'c' && resolve()));
    releases.get('b')?.();
    await last;
    releases.get('c')?.();
  });
});

describe('BullMQ, keeping jobs,', () => {
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
    const text = 'x'.repeat(samplingJob.sizeLimit);
    await expect(add('a', { text })).rejects.toThrow(/size/);
    expect(await queue.getJob('a')).toBeUndefined();
    const worker = work(async () => text);
    await add('b');
    await next(worker, 'completed');
    expect((await queue.getJob('b'))?.returnvalue).toBe(text);
  });

  it('keeps as many finished jobs as it was told, and no clock has a say', async () => {
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
