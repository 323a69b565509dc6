import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JobLedger, jobOptions, Keys, queueOptions, workerOptions, WorkerLeases } from '#queue';
import { newJobId } from '#contract';
import { redisAvailable, startRedis, type TestRedis } from '../redis.js';

describe.skipIf(!redisAvailable)('The lease of a worker', () => {
  const keys = new Keys();
  let server: TestRedis;
  let redis: Redis;
  let queue: Queue;
  let leases: WorkerLeases;
  const workers: Worker[] = [];

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url, { maxRetriesPerRequest: null });
    queue = new Queue('sampling', { ...queueOptions, connection: redis });
  });
  afterAll(async () => {
    await queue?.close();
    redis?.disconnect();
    await server?.stop();
  });
  beforeEach(async () => {
    await redis.flushall();
    leases = new WorkerLeases(redis);
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close(true)));
  });

  /** A worker that holds so many new jobs and never ends them. */
  async function holding(numJobs: number): Promise<{ worker: Worker; ids: string[] }> {
    const ids = Array.from({ length: numJobs }, () => newJobId('sampling'));
    const options = { ...workerOptions.sampling, connection: redis, concurrency: numJobs, autorun: false };
    let taken = 0;
    const worker = await new Promise<Worker>((resolve) => {
      const bull: Worker = new Worker(
        'sampling',
        () => {
          if (++taken === numJobs) resolve(bull);
          return new Promise(() => undefined);
        },
        options,
      );
      bull.on('error', () => undefined);
      workers.push(bull);
      void queue
        .addBulk(
          ids.map((jobId) => ({ name: 'sample', data: {}, opts: { ...jobOptions.sampling, jobId, priority: 2 } })),
        )
        .then(() => bull.run());
    });
    return { worker, ids };
  }
  /** The fleet is watched, and time has come for another look. */
  const lookedAgo = async (ms: number) => {
    const [seconds = 0, microseconds = 0] = Array.from(await redis.time(), Number);
    await redis.hset(keys.leaseWatch, { lookedAt: seconds * 1_000 + microseconds / 1_000 - ms });
  };
  const endPatience = () => redis.hset(keys.leaseWatch, { patientUntil: 1 });
  const runOut = (worker: Worker) => redis.zadd(keys.leases, 1, worker.id);
  const waiting = () => redis.zrange(keys.job('sampling', 'prioritized'), '0', '-1');

  it('that has run out gives all its jobs back at once, at no cost to them, and nobody else’s', async () => {
    const dead = await holding(3);
    const alive = await holding(2);
    await leases.beat([dead.worker.id, alive.worker.id]);
    await endPatience();
    await runOut(dead.worker);
    await lookedAgo(1_500);
    expect((await leases.beat([alive.worker.id])).freed).toEqual({ sampling: 3, training: 0 });
    expect((await waiting()).toSorted()).toEqual(dead.ids.toSorted());
    for (const id of dead.ids) {
      expect(await redis.exists(keys.lock('sampling', id))).toBe(0);
      expect(await redis.hmget(keys.job('sampling', id), 'atm', 'stc')).toEqual([null, null]);
    }
    for (const id of alive.ids) expect(await redis.exists(keys.lock('sampling', id))).toBe(1);
    expect(await redis.zscore(keys.job('sampling', 'marker'), '0')).toBe('0');
    await lookedAgo(1_500);
    expect((await leases.beat([])).freed.sampling).toBe(0);
  });

  it('is looked at once per second by the whole fleet', async () => {
    const dead = await holding(1);
    await leases.beat([dead.worker.id]);
    await endPatience();
    await runOut(dead.worker);
    await lookedAgo(-1_000);
    expect((await new WorkerLeases(redis).beat([])).freed.sampling).toBe(0);
    await lookedAgo(1_500);
    expect((await new WorkerLeases(redis).beat([])).freed.sampling).toBe(1);
  });

  it('takes nobody for dead after a time in which nobody looked, until all could have come back', async () => {
    const dead = await holding(1);
    await leases.beat([dead.worker.id]);
    await runOut(dead.worker);
    await lookedAgo(60_000);
    expect((await leases.beat([])).freed.sampling).toBe(0);
    await lookedAgo(1_500);
    expect((await leases.beat([])).freed.sampling).toBe(0);
    await endPatience();
    await lookedAgo(1_500);
    expect((await leases.beat([])).freed.sampling).toBe(1);
  });

  it('tells a worker that only stood still that its locks are gone, once', async () => {
    const still = await holding(1);
    expect((await leases.beat([still.worker.id])).isLost).toBe(false);
    await endPatience();
    await runOut(still.worker);
    await lookedAgo(1_500);
    await new WorkerLeases(redis).beat([]);
    expect((await leases.beat([still.worker.id])).isLost).toBe(true);
    expect((await leases.beat([still.worker.id])).isLost).toBe(false);
  });

  it('makes no suspects of the jobs of a worker that was asked to end, but of others it does', async () => {
    const ledger = new JobLedger(redis);
    const asked = await holding(1);
    const killed = await holding(1);
    for (const jobId of [...asked.ids, ...killed.ids])
      await ledger.began({ kind: 'sampling', jobId, attemptsStarted: 1 });
    await leases.beat([asked.worker.id, killed.worker.id]);
    await endPatience();
    await leases.leaving([asked.worker.id]);
    for (const { worker } of [asked, killed]) await runOut(worker);
    await lookedAgo(1_500);
    expect((await leases.beat([])).freed.sampling).toBe(2);
    expect(await redis.hget(keys.ledger(asked.ids[0] ?? ''), 'starts')).toBeNull();
    expect(await redis.hget(keys.ledger(killed.ids[0] ?? ''), 'starts')).toBe('1');
  });

  it('that was given up leaves nothing behind', async () => {
    const { worker } = await holding(1);
    await leases.beat([worker.id]);
    await leases.leaving([worker.id]);
    await leases.end([worker.id]);
    expect(await redis.zcard(keys.leases)).toBe(0);
    expect(await redis.hexists(keys.leaseWatch, worker.id)).toBe(0);
  });
});
