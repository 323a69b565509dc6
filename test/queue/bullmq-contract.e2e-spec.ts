import { WaitingError, type Job } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { wakeOnReturn } from '#queue';
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

describe('BullMQ', () => {
  useContractQueue();

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

  it('wakes nobody when a job with a priority is handed over, which our own addition does', async () => {
    const markers: (string | null)[] = [];
    const worker = work(
      async (job, token) => {
        await redis.del(keyOf('marker'));
        if (markers.length === 1) await wakeOnReturn(worker.getBackend());
        if (markers.length === 2) return;
        await job.moveToWait(token);
        markers.push(await redis.zscore(keyOf('marker'), '0'));
        throw new WaitingError();
      },
      { concurrency: 1, autorun: false },
    );
    await add('a', {}, { priority: 2 });
    await drained(worker, 1);
    expect(markers).toEqual([null, '0']);
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
  useContractQueue();

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
