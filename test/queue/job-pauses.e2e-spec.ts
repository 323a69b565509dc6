import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newJobId } from '#contract';
import {
  BULL_PRIORITY,
  JobCancellation,
  JobEvents,
  JobLedger,
  JobPauses,
  jobOptions,
  Keys,
  parseStoredJob,
  queueOptions,
  readJobs,
  WaitingJobs,
  workerOptions,
} from '#queue';
import { redisAvailable, startRedis, type TestRedis } from '../redis.js';

describe.skipIf(!redisAvailable)('A pause', () => {
  const keys = new Keys();
  let server: TestRedis;
  let redis: Redis;
  let queue: Queue;
  let worker: Worker;
  let pauses: JobPauses;
  let now = Date.now();

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url, { maxRetriesPerRequest: null });
    pauses = new JobPauses(redis);
  });
  beforeEach(() => {
    queue = new Queue('training', { ...queueOptions, connection: redis });
    worker = new Worker('training', undefined, { ...workerOptions.training, connection: redis, autorun: false });
  });
  afterEach(async () => {
    await worker.close();
    await queue.close();
    await redis.flushall();
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });

  /** Adds a job that was accepted after those before it. */
  const add = async (priority: keyof typeof BULL_PRIORITY = 'normal') => {
    const id = newJobId('training', (now += 1));
    const options = { ...jobOptions.training, jobId: id, priority: BULL_PRIORITY[priority] };
    await queue.add('training', {}, options);
    return id;
  };
  const order = () => redis.zrange(keys.job('training', 'prioritized'), '0', '-1');
  const events = async (id: string) => (await new JobEvents(redis).read(id)).map(({ event }) => event.type);
  const stored = async (id: string) => {
    const [answers = []] = await readJobs(redis, keys, { kind: 'training', ids: [id] });
    const [fields, ledger, activeAt, rank, numWaiting, newest] = answers;
    return parseStoredJob('training', id, {
      fields,
      ledger,
      activeAt,
      rank,
      numWaiting,
      events: newest,
    } as Parameters<typeof parseStoredJob>[2]);
  };
  /** Takes the next job as a worker does; undefined when none may be taken. */
  const take = async (token: string) => {
    await new WaitingJobs(redis).bringForward('training', ['interactive', 'normal', 'bulk']);
    const job = await worker.getNextJob(token, { block: false });
    if (job === undefined) return undefined;
    return { kind: 'training', jobId: job.id ?? '', token, attemptsStarted: job.attemptsStarted } as const;
  };
  const started = (attempt: NonNullable<Awaited<ReturnType<typeof take>>>) =>
    new JobLedger(redis).started(attempt, { type: 'started', attempt: 1, worker: 'w', warnings: [] });

  it('takes a waiting job out of its queue, however often it is asked for, and lets nothing of it expire', async () => {
    const id = await add();
    await redis.hset(keys.ledger(id), 'checkpoint', '{}');
    await redis.pexpire(keys.ledger(id), 60_000);
    expect([await pauses.pause('training', id), await pauses.pause('training', id)]).toEqual(['accepted', 'accepted']);
    expect(await take('t')).toBeUndefined();
    expect(await events(id)).toEqual(['paused']);
    expect([await redis.ttl(keys.events(id)), await redis.ttl(keys.ledger(id))]).toEqual([-1, -1]);
    expect(await stored(id)).toMatchObject({
      state: 'waiting',
      pausedAt: expect.any(Number),
      queuePosition: undefined,
    });
    expect(await pauses.paused('training')).toEqual([id]);
  });

  it.each(['delayed', 'wait'])('takes a job out that is in %s', async (list) => {
    const id = await add();
    await redis.zrem(keys.job('training', 'prioritized'), id);
    if (list === 'wait') await redis.rpush(keys.job('training', list), id);
    else await redis.zadd(keys.job('training', list), Date.now() * 4_096, id);
    await pauses.pause('training', id);
    expect(await take('t')).toBeUndefined();
    await pauses.resume('training', id);
    expect((await take('t'))?.jobId).toBe(id);
  });

  it('ends where the acceptance of the job places it: before what came later, behind what was there', async () => {
    const [first, second, third, fourth] = [await add(), await add(), await add(), await add()];
    const [interactive, bulk] = [await add('interactive'), await add('bulk')];
    for (const id of [third, first, bulk]) await pauses.pause('training', id);
    expect(await order()).toEqual([interactive, second, fourth]);
    for (const id of [first, bulk, third]) expect(await pauses.resume('training', id)).toBe('accepted');
    expect(await order()).toEqual([interactive, first, second, third, fourth, bulk]);
    expect(await add()).toBe((await order()).at(-2));
    expect(await events(first)).toEqual(['paused', 'resumed']);
    expect(await redis.pttl(keys.ledger(first))).toBe(-2); // nothing is left in it
    expect(await redis.ttl(keys.events(first))).toBeGreaterThan(0);
  });

  it('wakes a worker that waits for a job when it ends', async () => {
    const id = await add();
    await pauses.pause('training', id);
    await redis.del(keys.job('training', 'marker'));
    await pauses.resume('training', id);
    expect(await redis.exists(keys.job('training', 'marker'))).toBe(1);
  });

  it('of a running job reaches its worker, which puts the job out of its queue when it lets go', async () => {
    const subscriber = new Redis(server.url);
    const id = await add();
    const attempt = await take('t');
    if (attempt === undefined) throw new Error('nothing to take');
    const heard = new Promise<string>((resolve) => {
      const listener = new JobPauses(redis, subscriber);
      const request = () => void pauses.pause('training', id);
      void listener.subscribe({ onPause: resolve, onSubscribed: request });
    });
    expect(await heard).toBe(id);
    expect(await pauses.requested([id, 'other'])).toEqual([id]);
    expect(await stored(id)).toMatchObject({ state: 'active' });
    expect(await events(id)).toEqual([]);
    expect(await pauses.letGo(attempt)).toBe(true);
    expect(await stored(id)).toMatchObject({ state: 'waiting', attempts: 1 });
    expect(await events(id)).toEqual(['paused']);
    expect(await take('u')).toBeUndefined();
    subscriber.disconnect();
  });

  it.each(['resumed', 'cancelled'])('leaves a job in its queue that was %s before its worker let go', async (how) => {
    const id = await add();
    const attempt = await take('t');
    if (attempt === undefined) throw new Error('nothing to take');
    await pauses.pause('training', id);
    if (how === 'resumed') await pauses.resume('training', id);
    else await new JobCancellation(redis).request('training', id);
    expect(await pauses.letGo(attempt)).toBe(true);
    expect(await order()).toEqual([id]);
    expect(await events(id)).toEqual([]);
  });

  it('keeps the next worker from running a job whose worker has died before it let go', async () => {
    const id = await add();
    const lost = await take('t');
    await pauses.pause('training', id);
    await redis.del(keys.lock('training', id));
    await redis.lrem(keys.job('training', 'active'), 1, id);
    await redis.rpush(keys.job('training', 'wait'), id);
    expect(await stored(id)).toMatchObject({ state: 'waiting', pausedAt: expect.any(Number) });
    const next = await take('u');
    if (lost === undefined || next === undefined) throw new Error('nothing to take');
    expect(await started(next)).toEqual({ kind: 'paused' });
    expect(await pauses.letGo(lost)).toBe(false);
    expect(await pauses.letGo(next)).toBe(true);
    expect(await pauses.paused('training')).toEqual([id]);
    expect(await events(id)).toEqual(['paused']);
  });

  it('ends with a cancel, after which a worker clears the job away', async () => {
    const id = await add();
    await pauses.pause('training', id);
    const cancellation = new JobCancellation(redis);
    const record = await cancellation.request('training', id);
    expect(record).toMatchObject({ attempt: 0, reason: 'cancelled' });
    expect(await order()).toEqual([id]);
    expect(await redis.hexists(keys.ledger(id), 'pausedAt')).toBe(0);
    expect([await pauses.pause('training', id), await pauses.resume('training', id)]).toEqual([
      'cancelled',
      'cancelled',
    ]);
    const next = await take('t');
    expect(next && (await started(next))).toMatchObject({ kind: 'cancelled' });
  });

  it('is accepted or the cancel is, whichever comes first, when both are asked for at once', async () => {
    for (let i = 0; i < 20; i++) {
      const id = await add();
      const requests = [pauses.pause('training', id), new JobCancellation(redis).request('training', id)];
      const answers = await Promise.all(i % 2 === 0 ? requests : requests.toReversed());
      expect(answers).toContainEqual(expect.objectContaining({ reason: 'cancelled' }));
      expect(await pauses.paused('training')).toEqual([]);
      expect(await order()).toContain(id);
    }
  });

  it('of a job that nobody knows or that has ended is refused', async () => {
    expect(await pauses.pause('training', newJobId('training'))).toBe('unknown');
    expect(await pauses.resume('training', newJobId('training'))).toBe('unknown');
    const id = await add();
    await redis.hset(keys.job('training', id), 'finishedOn', '1');
    expect([await pauses.pause('training', id), await pauses.resume('training', id)]).toEqual(['finished', 'finished']);
  });

  it('that was never asked for needs no end', async () => {
    const id = await add();
    expect(await pauses.resume('training', id)).toBe('accepted');
    expect(await order()).toEqual([id]);
    expect(await events(id)).toEqual([]);
  });
});
