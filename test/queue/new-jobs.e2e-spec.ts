import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  GatedQueue,
  IdempotencyRecords,
  JobEvents,
  Keys,
  NewJobs,
  queueOptions,
  jobOptions,
  type IdempotencyClaim,
} from '#queue';
import { newJobId } from '#contract';
import { redisAvailable, startRedis, type TestRedis } from '../redis.js';

describe.skipIf(!redisAvailable)('A new job', () => {
  const keys = new Keys();
  const options = { ...jobOptions.sampling, priority: 2 };
  let server: TestRedis;
  let redis: Redis;
  let queue: Queue;
  let gate: GatedQueue;
  let jobs: NewJobs;
  let records: IdempotencyRecords;
  let jobId = '';
  let claim: IdempotencyClaim;

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    queue = new Queue('sampling', { ...queueOptions, connection: redis });
    gate = new GatedQueue(queue);
    jobs = new NewJobs(redis);
    records = new IdempotencyRecords(redis);
    await queue.waitUntilReady();
  });
  beforeEach(() => {
    jobId = newJobId('sampling');
    claim = { scope: 's', key: jobId, fingerprint: 'f' };
  });
  afterAll(async () => {
    await queue?.close();
    redis?.disconnect();
    await server?.stop();
  });

  const add = (id: string, own?: IdempotencyClaim, data: unknown = { some: 'data' }) =>
    jobs.add(gate, { kind: 'sampling', jobId: id, data, options, claim: own });
  const events = async (id = jobId) => (await new JobEvents(redis).read(id)).map(({ event }) => event.type);
  const recordOf = ({ scope, key }: IdempotencyClaim) => keys.idempotency(scope, key);

  it('shares one call with the others of its turn, and neither their refusals nor their errors', async () => {
    const [other, spoiled, repeated] = [newJobId('sampling'), newJobId('sampling'), newJobId('sampling')];
    const bad = { ...claim, key: spoiled };
    await redis.lpush(recordOf(bad), 'not a hash');
    const calls = async () => Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0);
    await add(newJobId('sampling'));
    const before = await calls();
    const outcomes = await Promise.allSettled([
      add(jobId, claim),
      add(spoiled, bad),
      add(repeated, claim), // the same key in the same turn
      add(jobId, claim),
      add(other),
    ]);
    expect((await calls()) - before).toBe(1);
    const said = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.outcome : String(outcome.reason).split(' ')[1],
    );
    expect(said).toEqual(['added', 'WRONGTYPE', 'taken', 'present', 'added']);
    expect(await redis.exists(keys.job('sampling', spoiled), keys.job('sampling', repeated))).toBe(0);
    expect([await events(), await events(other)]).toEqual([['queued'], ['queued']]);
    expect(await records.find(claim)).toBe(jobId);
  });

  it('stands behind those that were added before it in its turn, and those that were not take no place', async () => {
    const [first, second, third] = [newJobId('sampling'), newJobId('sampling'), newJobId('sampling')];
    const counted = Number(await redis.get(keys.job('sampling', 'pc')));
    await Promise.all([first, second, first, third].map((id) => add(id)));
    const scores = await redis.zmscore(keys.job('sampling', 'prioritized'), first, second, third);
    expect(scores.map((score) => Number(score) % 2 ** 32)).toEqual([counted + 1, counted + 2, counted + 3]);
    expect(await redis.get(keys.job('sampling', 'pc'))).toBe(`${counted + 3}`);
  });

  it('is what BullMQ itself would have added, but for the time', async () => {
    const other = newJobId('sampling');
    await queue.add('sampling', { some: 'data' }, { ...options, jobId: other });
    await add(jobId);
    const read = async (id: string) => {
      const { timestamp: _acceptedAt, opts, ...job } = await redis.hgetall(keys.job('sampling', id));
      const { jobId: _id, ...rules } = JSON.parse(opts ?? '') as Record<string, unknown>;
      return { ...job, opts: rules };
    };
    expect(await read(jobId)).toEqual(await read(other));
    expect(await queue.getJobState(jobId)).toBe('prioritized');
    const score = async (id: string) => Number(await redis.zscore(`${keys.prefix}:sampling:prioritized`, id));
    expect((await score(jobId)) - (await score(other))).toBe(1);
  });

  it('has the options that it was added with, whatever others were', async () => {
    const all = [1, 2, 3].map((priority) => ({ ...jobOptions.sampling, priority, attempts: 4 - priority }));
    for (const own of [...all, ...all]) {
      const id = newJobId('sampling');
      await jobs.add(gate, { kind: 'sampling', jobId: id, data: {}, options: own });
      const { jobId: _id, ...opts } = (await queue.getJob(id))?.opts ?? {};
      expect(opts).toMatchObject(own);
    }
  });

  it('is there with its place in the index, its first event, and a record that lives for a day', async () => {
    await add(jobId, claim);
    expect(await redis.zscore(keys.index('sampling'), jobId)).toBe('0');
    expect(await events()).toEqual(['queued']);
    expect(await redis.ttl(keys.events(jobId))).toBeGreaterThan(0);
    expect(await records.find(claim)).toBe(jobId);
    expect(await redis.pttl(recordOf(claim))).toBeGreaterThan(23 * 3_600_000);
  });

  it('wakes a worker that waits for one, unless the queue is paused', async () => {
    const marker = keys.job('sampling', 'marker');
    const awake = async (id: string) => {
      await redis.del(marker);
      await add(id);
      return redis.zrange(marker, '0', '-1');
    };
    expect(await awake(jobId)).toEqual(['0']);
    await queue.pause();
    expect(await awake(newJobId('sampling'))).toEqual([]);
    await queue.resume();
  });

  it('is accepted at a time of the clock of Redis', async () => {
    const [before] = await redis.time();
    vi.useFakeTimers({ toFake: ['Date'], now: 0 });
    const added = await add(jobId).finally(() => vi.useRealTimers());
    const acceptedAt = 'acceptedAt' in added ? added.acceptedAt : 0;
    expect(acceptedAt).toBeGreaterThanOrEqual(Number(before) * 1000);
    expect((await queue.getJob(jobId))?.timestamp).toBe(acceptedAt);
  });

  it('is one for fifty requests at once with the same key, and is published once', async () => {
    const ids = Array.from({ length: 50 }, () => newJobId('sampling'));
    const outcomes = await Promise.all(ids.map((id) => add(id, claim)));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['added', ...Array<string>(49).fill('taken')]);
    const stored = await Promise.all(ids.map((id) => events(id)));
    expect(stored.flat()).toEqual(['queued']);
    const listed = await redis.zmscore(keys.index('sampling'), ...ids);
    expect(listed.filter((score) => score !== null)).toEqual(['0']);
  });

  it('is not published again when it is there already, nor after its end', async () => {
    await add(jobId, claim);
    await redis.del(keys.events(jobId)); // as after its time to live
    expect(await add(jobId, claim)).toEqual({ outcome: 'present' });
    expect(await events()).toEqual([]);
  });

  it('that is no longer kept begins anew, with a stream of its own and without the steps of its past', async () => {
    await add(jobId, claim);
    await redis.xadd(keys.events(jobId), '*', 'type', 'succeeded', 'data', '{"type":"succeeded"}');
    await redis.hset(keys.ledger(jobId), { told: 40, cancel: 'kept' });
    await queue.remove(jobId);
    expect(await add(jobId, claim)).toMatchObject({ outcome: 'added' });
    expect(await events()).toEqual(['queued']);
    expect(await redis.hgetall(keys.ledger(jobId))).toEqual({ cancel: 'kept' });
    await redis.del(keys.ledger(jobId));
  });

  it('is added by a server that has forgotten the script', async () => {
    await add(newJobId('sampling'));
    await redis.script('FLUSH');
    expect(await add(jobId)).toMatchObject({ outcome: 'added' });
  });

  it('has a priority', async () => {
    const job = { kind: 'sampling', jobId, data: {}, options: jobOptions.sampling } as const;
    await expect(jobs.add(gate, job)).rejects.toThrow(/with a priority/);
    expect(await redis.exists(keys.job('sampling', jobId))).toBe(0);
  });

  it('leaves nothing behind when Redis has no memory for it', async () => {
    await redis.config('SET', 'maxmemory', '1');
    try {
      await expect(add(jobId, claim)).rejects.toThrow(/OOM/);
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
    expect(await records.find(claim)).toBeUndefined();
    expect(await redis.zscore(keys.index('sampling'), jobId)).toBeNull();
    expect(await events()).toEqual([]);
    expect(await add(jobId, claim)).toMatchObject({ outcome: 'added' });
  });

  describe('and its Idempotency-Key', () => {
    const batch = (key: string): IdempotencyClaim => ({ scope: 's:batch', formerScope: 's', key, fingerprint: 'f' });
    const formerRecord = (key: string, state: string) =>
      redis.hset(keys.idempotency('s', key), { fingerprint: 'f', jobId, state });

    it('are refused with another body, and are apart in other scopes', async () => {
      await add(jobId, claim);
      const other = { ...claim, fingerprint: 'g' };
      await expect(records.find(other)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
      expect(await records.find({ ...other, scope: 't' })).toBeUndefined();
      expect(await add(newJobId('sampling'), other)).toEqual({ outcome: 'taken' });
    });

    it.each(['claimed', 'accepted'])('are found where the release before has left them as %s', async (state) => {
      await formerRecord(jobId, state);
      expect(await records.find(claim)).toBe(jobId);
      expect(await add(jobId, claim)).toMatchObject({ outcome: 'added' });
      expect(await redis.pttl(recordOf(claim))).toBeGreaterThan(23 * 3_600_000);
    });

    it('of a batch are found where the release before has left them, but are not those of single requests', async () => {
      await formerRecord(`${jobId}#0`, 'accepted');
      expect(await records.find(batch(`${jobId}#0`))).toBe(jobId);
      await add(jobId, { ...claim, key: `${jobId}#1` });
      expect(await records.find(batch(`${jobId}#1`))).toBeUndefined();
      const inBatch = newJobId('sampling');
      expect(await add(inBatch, batch(`${jobId}#1`))).toMatchObject({ outcome: 'added' });
      expect(await records.find({ ...claim, key: `${jobId}#1` })).toBe(jobId);
    });
  });
});
