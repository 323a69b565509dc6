import { Queue, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BULL_PRIORITY, GatedQueue, NewJobs, jobOptions, WaitingJobs, workerOptions } from '#queue';
import { JobIntake } from './job-intake.js';
import { redisAvailable, startRedis, type TestRedis } from '../../../../test/redis.js';
import { until } from '../../../../test/until.js';

const ROWS_WANTED = 16;
const [FULL, OTHER] = ['{intake-full}', '{intake-other}'];

describe.skipIf(!redisAvailable)('The intake of a worker that serves two shards', () => {
  let server: TestRedis;
  let redis: Redis;
  const queues: Queue[] = [];
  const workers: Worker[] = [];
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  let most = 0;

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url, { maxRetriesPerRequest: null });
    await add(FULL, 80);
    const intake = new JobIntake({ rowsWanted: ROWS_WANTED }, { id: 'w' });
    for (const prefix of [FULL, OTHER]) await serve(intake, prefix);
  });
  afterAll(async () => {
    for (const end of ends.values()) end();
    await Promise.all(workers.map((worker) => worker.close(true)));
    await Promise.all(queues.map((queue) => queue.close()));
    redis?.disconnect();
    await server?.stop();
  });

  async function add(prefix: string, count: number): Promise<void> {
    const queue = new Queue('sampling', { prefix, connection: redis });
    queues.push(queue);
    const gate = new GatedQueue(queue);
    await queue.waitUntilReady();
    const jobs = new NewJobs(redis, prefix);
    const options = { ...jobOptions.sampling, priority: BULL_PRIORITY.bulk };
    const data = { rows: 1, request: { priority: 'bulk' } };
    for (let i = 0; i < count; i++) await jobs.add(gate, { kind: 'sampling', jobId: `${prefix}-${i}`, data, options });
  }

  async function serve(intake: JobIntake, prefix: string): Promise<void> {
    const process = async ({ id = '' }: Job) => {
      running.push(id);
      most = Math.max(most, running.length);
      await new Promise<void>((resolve) => ends.set(id, resolve));
      running.splice(running.indexOf(id), 1);
    };
    const options = { ...workerOptions.sampling, prefix, connection: redis, autorun: false };
    const worker = new Worker('sampling', process, options);
    worker.on('error', () => undefined);
    workers.push(worker);
    intake.govern(worker, new WaitingJobs(redis, prefix));
    void worker.run();
  }

  it('takes what its engine wants once and not per shard, and a full shard leaves places to the other', async () => {
    await until('it is full', () => Promise.resolve(running.length === ROWS_WANTED || undefined));
    await add(OTHER, 6);
    let numFull = 0;
    let numOther = 0;
    while (numOther < 6 && numFull < 60) {
      await until('it is full', () => Promise.resolve(running.length >= ROWS_WANTED || undefined));
      const id = running[0] ?? '';
      if (id.startsWith(OTHER)) numOther += 1;
      else numFull += 1;
      ends.get(id)?.();
      await until('the job has ended', () => Promise.resolve(!running.includes(id) || undefined));
      ends.delete(id);
    }
    expect(most).toBe(ROWS_WANTED);
    expect(numFull).toBeLessThan(60);
  });
});
