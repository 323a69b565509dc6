import type { Priority } from '#ddim';
import { Queue, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BULL_PRIORITY, jobOptions, workerOptions, WaitingJobs } from '#queue';
import { TrainingTurns } from './training-turns.js';
import { redisAvailable, startRedis, type TestRedis } from '../../../../test/redis.js';

describe.skipIf(!redisAvailable)('The trainings that wait', () => {
  let server: TestRedis;
  let redis: Redis;

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url, { maxRetriesPerRequest: null });
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });

  /**
   * Classes of the trainings that workers start, which each end before the next is taken. Interactive ones
   * never run out.
   */
  async function starts(count: number, waiting: Partial<Record<Priority, number>>, numWorkers = 1): Promise<string[]> {
    const prefix = `{turns-${JSON.stringify(waiting)}}`;
    const options = { prefix, connection: redis };
    const queue = new Queue('training', options);
    const add = (priority: Priority) =>
      queue.add('training', { priority }, { ...jobOptions.training, priority: BULL_PRIORITY[priority] });
    for (const priority of ['bulk', 'normal', 'interactive'] as const)
      for (let i = 0; i < (waiting[priority] ?? 0); i++) await add(priority);
    const seen: string[] = [];
    let workers: Worker[] = [];
    await new Promise<void>((resolve) => {
      const process = async (job: Job<{ priority: string }>) => {
        seen.push(job.data.priority);
        if (job.data.priority === 'interactive') await add('interactive');
        if (seen.length < count) return;
        resolve();
        await new Promise(() => undefined);
      };
      workers = Array.from({ length: numWorkers }, () => {
        const worker = new Worker('training', process, { ...workerOptions.training, ...options, autorun: false });
        worker.on('error', () => undefined);
        new TrainingTurns().govern(worker, new WaitingJobs(redis, prefix));
        void worker.run();
        return worker;
      });
    });
    await Promise.all(workers.map((worker) => worker.close(true)));
    await queue.close();
    return seen.slice(0, count);
  }

  const numOf = (classes: readonly string[], priority: Priority) => classes.filter((seen) => seen === priority).length;

  it('are taken best class first, but of 16 starts two are normal and one is bulk', async () => {
    const seen = await starts(32, { interactive: 2, normal: 9, bulk: 9 });
    for (const sixteen of [seen.slice(0, 16), seen.slice(16)]) {
      expect(numOf(sixteen, 'normal')).toBe(2);
      expect(numOf(sixteen, 'bulk')).toBe(1);
    }
  });

  it('share the turns of all workers, so that each waits for no more than its turn', async () => {
    const seen = await starts(16, { interactive: 4, normal: 1, bulk: 1 }, 3);
    expect([numOf(seen, 'normal'), numOf(seen, 'bulk')]).toEqual([1, 1]);
  });

  it('take the turns of a class of which none waits', async () => {
    expect(numOf(await starts(16, { normal: 16, bulk: 1 }), 'normal')).toBe(15);
    expect(numOf(await starts(16, { interactive: 1 }), 'interactive')).toBe(16);
  });
});
