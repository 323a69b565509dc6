import { Queue, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EngineError } from '#ddim';
import { Keys, queueOptions, QueueShard, Shards, workerOptions } from '#queue';
import { newJobId, parseJobError } from '#contract';
import { GuardMetrics } from '#metrics';
import { createWorkerRedis, redisAddress } from '#server';
import { ArtifactMissingError, StorageError } from '#storage';
import { JobAttempts, type AttemptTerms } from './job-attempts.js';
import { Pauses } from './pauses.js';
import { RunningJobs } from './running-jobs.js';
import { WorkerIdentity } from '../process/worker-identity.js';
import { redisAvailable, startRedis, type TestRedis } from '../../../../test/redis.js';

interface End {
  readonly id: string;
  readonly result?: unknown;
  /** Of the error, when it failed. */
  readonly code?: string;
}

type Work = (terms: AttemptTerms, job: Job) => Promise<string>;

describe.skipIf(!redisAvailable)('An attempt of a job', () => {
  let server: TestRedis;
  let records: Redis;
  let redis: Redis;
  let queue: Queue;
  let worker: Worker;
  let running: RunningJobs;
  const works = new Map<string, Work>();
  const lacking: string[] = [];
  let isUnwell = false;
  const losses: string[] = [];

  beforeAll(async () => {
    server = await startRedis();
    records = createWorkerRedis(redisAddress({ REDIS_URL: server.url }));
    redis = createWorkerRedis(redisAddress({ REDIS_URL: server.url }));
    queue = new Queue('sampling', { ...queueOptions, connection: redis });
    const pauses = new Pauses(new GuardMetrics(new Registry()));
    const shards = new Shards(1, () => new QueueShard({ redis: records }));
    running = new RunningJobs(shards);
    const attempts = new JobAttempts(
      running,
      shards,
      pauses,
      new WorkerIdentity({ STRIDE_QUEUES: ['sampling'] }),
      { begin: (reason) => losses.push(reason) },
      { isUnwell: () => Promise.resolve(isUnwell), lacks: (sha256) => lacking.push(sha256) },
    );
    const process = (job: Job, token: string | undefined) => {
      const jobId = job.id ?? '';
      const work = works.get(jobId);
      if (work === undefined) throw new Error(`nothing to do for ${jobId}`);
      const context = { worker, kind: 'sampling' as const, job, jobId, token, warnings: [] };
      return attempts.run(context, (terms) => work(terms, job));
    };
    worker = new Worker('sampling', process, { ...workerOptions.sampling, connection: redis, autorun: false });
    worker.on('error', () => undefined);
    worker.setMaxListeners(0); // each test listens for its own end
  });
  afterAll(async () => {
    await worker?.close();
    await queue?.close();
    records?.disconnect();
    redis?.disconnect();
    await server?.stop();
  });

  const cancel = (id: string): Promise<unknown> => new QueueShard({ redis }).cancellation.request('sampling', id);

  /** Adds a job, does what is to happen before the worker has it, and waits for its end. */
  async function run(
    work: Work,
    { before = (_id: string): Promise<unknown> => Promise.resolve(), attempts = 2 } = {},
  ): Promise<End> {
    const id = newJobId('sampling');
    works.set(id, work);
    await worker.pause();
    const ended = new Promise<End>((resolve) => {
      worker.on('completed', (job, result) => {
        if (job.id === id) resolve({ id, result });
      });
      worker.on('failed', (job, error) => {
        if (job?.id === id && job.finishedOn) resolve({ id, code: parseJobError(error.message).code });
      });
    });
    await queue.add('sampling', {}, { jobId: id, attempts });
    await before(id);
    void worker.resume();
    if (!worker.isRunning()) void worker.run();
    return ended;
  }

  /** Whether the records had answered when the work began. */
  const isAdmitted = ({ admitted }: AttemptTerms) =>
    Promise.race([admitted.then(() => true), Promise.resolve().then(() => false)]);

  it('begins beside its records the first time, and after them when the job ran before', async () => {
    const seen: [attempt: number, isAdmitted: boolean][] = [];
    const { result } = await run(async (terms, job) => {
      seen.push([job.attemptsStarted, await isAdmitted(terms)]);
      if (job.attemptsStarted === 1) throw new Error('once more');
      return 'done';
    });
    expect(result).toBe('done');
    expect(seen.map(([attempt]) => attempt)).toEqual([1, 2]);
    expect(seen[0]?.[1]).toBe(false);
    expect(seen[1]?.[1]).toBe(true);
  });

  it('of a job that was cancelled before is cancelled, even if its work was done at once', async () => {
    const { code } = await run(() => Promise.resolve('too quick'), { before: cancel });
    expect(code).toBe('cancelled');
  });

  it('of a job that was cancelled before stops its work, is never admitted, and ends after the work has', async () => {
    const steps: string[] = [];
    const work: Work = async ({ admitted, signal }) => {
      await admitted.catch(() => steps.push('refused'));
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', () => resolve(null)));
      for (let i = 0; i < 100; i += 1) await redis.ping(); // longer than an end takes
      steps.push('let go');
      return 'too late';
    };
    expect((await run(work, { before: cancel })).code).toBe('cancelled');
    steps.push('ended');
    expect(steps).toEqual(['refused', 'let go', 'ended']);
  });

  /** The end of an attempt whose worker is gone, as the records see it: nothing is heard. */
  const loseWorker = ({ signal }: AttemptTerms, job: Job): Promise<never> => {
    running.stop(job.id ?? '', 'lock-lost');
    return Promise.reject(signal.reason);
  };

  it('that loses its worker before it has begun, however often, need not run alone', async () => {
    const alone: boolean[] = [];
    const work: Work = async (terms, job) => {
      alone.push(terms.solo !== undefined);
      await terms.admitted;
      return job.attemptsStarted <= 5 ? loseWorker(terms, job) : 'done';
    };
    expect(await run(work, { attempts: 20 })).toMatchObject({ result: 'done' });
    expect(alone).toEqual(Array<boolean>(6).fill(false));
  });

  it('that loses its worker while it waits to be alone, however often, is not to blame', async () => {
    const alone: boolean[] = [];
    const work: Work = async (terms, job) => {
      alone.push(terms.solo !== undefined);
      if (terms.solo === undefined) terms.begin();
      if (job.attemptsStarted <= 9) return loseWorker(terms, job);
      await terms.solo?.();
      return 'alone at last';
    };
    expect(await run(work, { attempts: 20 })).toMatchObject({ result: 'alone at last' });
    expect(alone).toEqual([false, false, ...Array<boolean>(8).fill(true)]);
  });

  it('that loses its worker five times while it runs alone is poisonous', async () => {
    const solos: (string | null)[] = [];
    const work: Work = async (terms, job) => {
      await terms.admitted;
      await terms.solo?.();
      terms.begin();
      solos.push(await records.hget(new Keys().ledger(job.id ?? ''), 'solo'));
      return loseWorker(terms, job);
    };
    expect(await run(work, { attempts: 20 })).toMatchObject({ code: 'poisonous_job' });
    expect(solos).toEqual([null, null, '1', '2', '3', '4', '5']);
  });

  it('that had a part in the loss of the engine ends its worker, goes back, and is poisonous in the end', async () => {
    let attempts = 0;
    const work: Work = async (terms) => {
      attempts += 1;
      await terms.admitted;
      await terms.solo?.();
      terms.begin();
      throw new EngineError('engine_failed', 'a thread does not come back');
    };
    losses.length = 0;
    expect(await run(work, { attempts: 1 })).toMatchObject({ code: 'poisonous_job' });
    expect(attempts).toBe(7);
    expect(losses).toEqual(Array(7).fill('a thread does not come back'));
  });

  it('that failed by itself leaves no start behind', async () => {
    const seen: (string | null)[] = [];
    const { id } = await run(async ({ admitted, begin }, job) => {
      await admitted;
      begin();
      await Promise.resolve(); // it is sent with those of jobs that begin now
      seen.push(await records.hget(new Keys().ledger(job.id ?? ''), 'starts'));
      throw new Error('every time');
    });
    expect(seen).toEqual(['1', '1']);
    expect(await redis.hget(new Keys().ledger(id), 'starts')).toBeNull();
  });

  it('that fails with the store costs the job nothing, however often the store fails', async () => {
    const attemptsMade: number[] = [];
    isUnwell = true;
    const work: Work = (_terms, job) => {
      attemptsMade.push(job.attemptsMade);
      isUnwell = attemptsMade.length <= 20;
      return isUnwell ? Promise.reject(new StorageError('storage_full', 'ENOSPC')) : Promise.resolve('done');
    };
    expect(await run(work, { attempts: 1 })).toMatchObject({ result: 'done' });
    expect(attemptsMade).toEqual(Array(21).fill(0));
  });

  const missing = new ArtifactMissingError('a'.repeat(64), 'the store lacks it');
  it.each([
    ['missing', missing, 'artifact_missing'],
    ['damaged', new StorageError('artifact_corrupt', 'other bytes'), 'artifact_store_error'],
  ])('whose bytes alone are %s comes back later, and fails when that has not helped', async (_what, error, code) => {
    const puttingBack: unknown[] = [];
    const work: Work = async (_terms, job) => {
      puttingBack.push(vi.spyOn(job, 'moveToDelayed'));
      // it is the last time
      if (puttingBack.length === 2) await redis.hset(new Keys().ledger(job.id ?? ''), 'faults', 6);
      throw error;
    };
    expect(await run(work, { attempts: 5 })).toMatchObject({ code });
    expect(puttingBack).toHaveLength(2);
    expect(puttingBack[0]).toHaveBeenCalledOnce();
    expect(lacking.splice(0)).toEqual(error === missing ? [missing.sha256] : []);
  });

  it('that finds the engine full is put back at no cost, and not to the head of the queue', async () => {
    const attemptsMade: number[] = [];
    const putBack: unknown[] = [];
    const work: Work = (_terms, job) => {
      attemptsMade.push(job.attemptsMade);
      if (attemptsMade.length > 1) return Promise.resolve('done');
      putBack.push(vi.spyOn(job, 'moveToDelayed'), vi.spyOn(job, 'moveToWait'));
      return Promise.reject(new EngineError('engine_full', 'no room'));
    };
    expect(await run(work, { attempts: 1 })).toMatchObject({ result: 'done' });
    expect(attemptsMade).toEqual([0, 0]);
    const [toDelayed, toWait] = putBack;
    expect(toDelayed).toHaveBeenCalledOnce();
    expect(toWait).not.toHaveBeenCalled();
  });

  it('whose records refuse it shows nothing and is tried again', async () => {
    const attempts: number[] = [];
    const work: Work = async ({ admitted }, job) => {
      attempts.push(job.attemptsStarted);
      await admitted.catch(() => redis.del(new Keys().ledger(job.id ?? '')));
      return `attempt ${job.attemptsStarted}`;
    };
    const { result } = await run(work, { before: (id) => redis.set(new Keys().ledger(id), 'no hash') });
    expect(attempts).toEqual([1, 2]);
    expect(result).toBe('attempt 2');
  });
});
