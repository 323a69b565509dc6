import type { Priority } from '#ddim';
import { Queue, WaitingError, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BULL_PRIORITY, GatedQueue, Keys, NewJobs, jobOptions, workerOptions, WaitingJobs } from '#queue';
import { JobIntake } from './job-intake.js';
import { redisAvailable, startRedis, type TestRedis } from '../../../../test/redis.js';
import { until } from '../../../../test/until.js';

const ROWS_WANTED = 16;

/** A worker whose jobs end when they are asked to. */
interface IntakeWorker {
  readonly bull: Worker;
  /** How often it has waited for something to take. */
  readonly waits: () => number;
  /** Ids of the jobs that it works on, in the order in which they began. */
  readonly running: string[];
  readonly end: (id: string) => void;
}

describe.skipIf(!redisAvailable)('The intake of a worker', () => {
  let server: TestRedis;
  let redis: Redis;
  let queue: Queue;
  let prefix: string;
  let jobs: NewJobs;
  let gate: GatedQueue;
  let numTests = 0;
  const workers: IntakeWorker[] = [];

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url, { maxRetriesPerRequest: null });
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });
  beforeEach(async () => {
    prefix = `{intake-${numTests++}}`;
    queue = new Queue('sampling', { prefix, connection: redis });
    jobs = new NewJobs(redis, prefix);
    gate = new GatedQueue(queue);
    await queue.waitUntilReady();
  });
  afterEach(async () => {
    for (const { running, end } of workers) running.forEach(end);
    await Promise.all(workers.splice(0).map(({ bull }) => bull.close(true)));
    await queue.close();
  });

  function startWorker({ mustBeAlone = false, handsBack = false } = {}): IntakeWorker {
    const intake = new JobIntake({ rowsWanted: ROWS_WANTED }, { id: 'w' });
    const running: string[] = [];
    let waits = 0;
    const ends = new Map<string, () => void>();
    const process = async (job: Job, token?: string) => {
      const id = String(job.id);
      if (handsBack && job.attemptsStarted === 1) {
        // its end fetches the next job
        await until('the worker waits', async () => (waits > 1 ? true : undefined));
        await job.moveToWait(token);
        throw new WaitingError();
      }
      running.push(id);
      intake.decided(job, mustBeAlone);
      await new Promise<void>((resolve) => ends.set(id, resolve));
      running.splice(running.indexOf(id), 1);
    };
    const bull = new Worker('sampling', process, {
      ...workerOptions.sampling,
      prefix,
      connection: redis,
      autorun: false,
    });
    bull.on('error', () => undefined);
    const backend = bull.getBackend();
    intake.govern(bull, new WaitingJobs(redis, prefix));
    const wait = backend.waitForJob.bind(backend);
    backend.waitForJob = (seconds) => {
      waits += 1;
      return wait(seconds);
    };
    void bull.run();
    const worker = { bull, waits: () => waits, running, end: (id: string) => ends.get(id)?.() };
    workers.push(worker);
    return worker;
  }

  async function add(priority: Priority, { rows = 1, count = 1 } = {}): Promise<void> {
    const data = { rows, request: { priority } };
    const before = await queue.getJobCountByTypes('prioritized', 'active', 'completed');
    for (let i = 0; i < count; i++) {
      const jobId = `${priority}-${before + i}`;
      const options = { ...jobOptions.sampling, priority: BULL_PRIORITY[priority] };
      await jobs.add(gate, { kind: 'sampling', jobId, data, options });
    }
  }

  const classOf = (id: string) => id.split('-')[0];
  const countsOf = ({ running }: IntakeWorker) => {
    const counts: Record<string, number> = {};
    for (const id of running) counts[String(classOf(id))] = (counts[String(classOf(id))] ?? 0) + 1;
    return counts;
  };
  /** Waits until a worker runs so many jobs, and has then found nothing more to take. */
  const settled = async (worker: IntakeWorker, numJobs: number) => {
    await until(`${numJobs} jobs run`, async () => (worker.running.length >= numJobs ? true : undefined));
    const waits = worker.waits();
    await until('it has looked', async () => (worker.waits() > waits + 2 ? true : undefined));
  };

  it('takes a job of a better class at once while it holds a large one, and none of the same', async () => {
    const worker = startWorker();
    await add('normal', { rows: 4_096 });
    await until('it runs', async () => (worker.running.length === 1 ? true : undefined));
    await add('normal', { count: 3 });
    await settled(worker, 1);
    await add('interactive', { count: 2 });
    await settled(worker, 3);
    expect(countsOf(worker)).toEqual({ normal: 1, interactive: 2 });
  });

  it('holds what the engine can give worse classes their floors with, although better ones keep coming', async () => {
    await add('bulk', { count: 4 });
    await add('normal', { count: 6 });
    await add('interactive', { count: 100 });
    const worker = startWorker();
    const full = { interactive: ROWS_WANTED, normal: ROWS_WANTED / 8, bulk: ROWS_WANTED / 16 };
    for (let jobsEnded = 0; jobsEnded < 3; jobsEnded++) {
      await settled(worker, ROWS_WANTED + 3);
      expect(countsOf(worker)).toEqual(full);
      for (const priority of ['bulk', 'normal', 'interactive'])
        worker.end(worker.running.find((id) => classOf(id) === priority) ?? '');
    }
  });

  it('is bounded for bulk rows too, so that workers share them', async () => {
    await add('bulk', { rows: 4, count: 20 });
    const both = [startWorker(), startWorker()];
    for (const worker of both) await settled(worker, ROWS_WANTED / 4);
    expect(both.map(({ running }) => running.length)).toEqual([ROWS_WANTED / 4, ROWS_WANTED / 4]);
  });

  it('takes nothing beside a job that must be alone, so that such jobs spread over the workers', async () => {
    await add('bulk', { count: 6 });
    for (let i = 0; i < 6; i++) await redis.hset(new Keys(prefix).job('sampling', `bulk-${i}`), { ats: 2 });
    const both = [startWorker({ mustBeAlone: true }), startWorker({ mustBeAlone: true })];
    const seen: string[] = [];
    while (seen.length < 6) {
      await until('both run one', async () => (both.every(({ running }) => running.length === 1) ? true : undefined));
      for (const { running, end } of both) {
        const [id = ''] = running;
        seen.push(id);
        end(id);
      }
      await until('they have ended', async () =>
        both.every(({ running }) => !seen.includes(running[0] ?? '')) ? true : undefined,
      );
    }
    expect(new Set(seen).size).toBe(6);
  });

  it('goes on with what comes next once the records say that a job that ran before need not be alone', async () => {
    await add('normal', { count: 3 });
    await redis.hset(new Keys(prefix).job('sampling', 'normal-0'), { ats: 2 });
    const worker = startWorker();
    await until('all run', async () => (worker.running.length === 3 ? true : undefined));
  });

  it('fetches a job again that was handed back', async () => {
    await add('normal');
    const worker = startWorker({ handsBack: true });
    await until('it runs', async () => (worker.running.length === 1 ? true : undefined));
  });

  it('asks for nothing while the queue is empty, but waits for BullMQ to say that a job has come', async () => {
    const worker = startWorker();
    await add('normal');
    await until('it runs', async () => (worker.running.length === 1 ? true : undefined));
    const before = worker.waits();
    for (let i = 0; i < 300; i++) await redis.ping(); // longer than many looks take
    expect(worker.waits() - before).toBeLessThan(4);
  });
});
