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
    const drained = new Promise<void>((resolve) => worker.on('completed', (job) => job.id === 'b' && resolve()));
    void worker.run();
    await drained;
    expect(seen).toEqual(['a:0', 'a:0', 'b:0']);
  });

  it('refuses a finish without the lock with code -2, as an error event, and shows nothing of it', async () => {
    const worker = work(async (job) => {
      await redis.del(`${queueOptions.prefix}:${queue.name}:${job.id}:lock`);
      return 'late';
    });
    const code = new Promise((resolve) => {
      worker.on('error', (error) => 'code' in error && resolve(error.code));
    });
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
    expect(await redis.pttl(`${queueOptions.prefix}:${queue.name}:a:lock`)).toBeGreaterThan(30_000);
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
    const drained = new Promise<void>((resolve) => worker.on('completed', (job) => job.id === 'bulk' && resolve()));
    void worker.run();
    await drained;
    expect(seen).toEqual(['interactive', 'normal', 'bulk']);
  });

  it('gives a job back when the lock of its worker has expired', async () => {
    const first = work(() => new Promise(() => undefined), { lockDuration: 200, stalledInterval: 100, drainDelay: 1 });
    await add('a');
    const stalled = next<string>(first, 'stalled'); // nobody renews: skipLockRenewal is set
    expect(await stalled).toBe('a');
  });
});
