import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JobCancellation, JobEnds, JobEvents, JobLedger, Keys } from '#queue';
import { newJobId, type StartedJobEvent } from '#contract';
import { startRedis, type TestRedis } from '../redis.js';
import { runningJob } from './running-job.js';

let server: TestRedis;
let redis: Redis;
let jobId: string;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
});
beforeEach(() => {
  jobId = newJobId('sampling');
});

describe('the ledger', () => {
  const event: StartedJobEvent = { type: 'started', attempt: 1, worker: 'w', warnings: [] };
  const attempt = (attemptsStarted = 1) => ({ kind: 'sampling', jobId, attemptsStarted }) as const;
  /** What BullMQ has on record of a job whose newest attempt is this one. */
  const record = (attemptsStarted = 1) => redis.hset(new Keys().job('sampling', jobId), { ats: attemptsStarted });
  const verdict = (attemptsStarted = 1) => new JobLedger(redis).started(attempt(attemptsStarted), event);
  /** A start that goes as far as native code. */
  const start = async () => {
    const answer = await verdict();
    await new JobLedger(redis).began(attempt());
    return answer;
  };
  const pointer = (step: number) => ({ step, sha256: String(step).repeat(64), bytes: 7 });

  it('counts starts until an orderly end: two with others, five alone, then none', async () => {
    await record();
    const ledger = new JobLedger(redis);
    for (const kind of ['shared', 'shared']) expect(await start()).toEqual({ kind });
    for (let solo = 0; solo < 5; solo++) {
      expect(await start()).toEqual({ kind: 'alone' });
      await ledger.startedAlone(attempt());
    }
    expect(await start()).toEqual({ kind: 'poisonous', soloStarts: 5 });
    await ledger.endedOrderly(attempt());
    expect(await start()).toEqual({ kind: 'shared' });
    expect(await redis.ttl(new Keys().ledger(jobId))).toBeGreaterThan(0);
  });

  it('counts only starts that have begun', async () => {
    await record();
    for (let i = 0; i < 9; i++) expect(await verdict()).toEqual({ kind: 'shared' });
  });

  it('publishes a start, to those who follow the job too, but none of a job that is poisonous', async () => {
    await record();
    const events = new JobEvents(redis);
    const follower = new Redis(server.url);
    await follower.subscribe(events.keyOf(jobId));
    const woken = new Promise((resolve) => follower.once('message', resolve));
    await verdict();
    expect(await woken).toBe(events.keyOf(jobId));
    follower.disconnect();
    await redis.hset(new Keys().ledger(jobId), { starts: 9, solo: 5 });
    await verdict();
    expect((await events.read(jobId)).map((heard) => heard.event)).toEqual([event]);
    expect(await redis.ttl(events.keyOf(jobId))).toBeGreaterThan(0);
  });

  it('says with a start that a cancel was accepted before, and does not publish it', async () => {
    const { finish } = await runningJob(redis, jobId);
    const cancel = await new JobCancellation(redis).request('sampling', jobId, 'superseded');
    expect(await start()).toEqual({ kind: 'cancelled', cancel });
    expect(await new JobEvents(redis).read(jobId)).toEqual([]);
    await finish();
  });

  it('advances a checkpoint only for the attempt that holds the lock, and then forgets the starts', async () => {
    const ledger = new JobLedger(redis);
    const { token, finish } = await runningJob(redis, jobId);
    const owner = { ...attempt(), token };
    await start();
    await start();
    expect(await ledger.advanceCheckpoint({ ...owner, token: 'foreign' }, pointer(1))).toBeUndefined();
    expect(await ledger.advanceCheckpoint({ ...owner, attemptsStarted: 2 }, pointer(1))).toBeUndefined();
    expect(await ledger.advanceCheckpoint(owner, pointer(1))).toEqual([]);
    expect(await ledger.advanceCheckpoint(owner, pointer(2))).toEqual([]);
    expect(await ledger.checkpoints(jobId)).toEqual([pointer(2), pointer(1)]);
    const heard = (await new JobEvents(redis).read(jobId)).filter(({ event: { type } }) => type === 'checkpoint');
    expect(heard.map((stored) => stored.event)).toEqual(
      [1, 2].map((step) => ({ type: 'checkpoint', ...pointer(step) })),
    );
    expect(await start()).toEqual({ kind: 'shared' });
    // superseded: two are kept
    expect(await ledger.advanceCheckpoint(owner, pointer(3))).toEqual([pointer(1)]);
    // Done again after the loss of a worker: what is pointed to is not superseded.
    expect(await ledger.advanceCheckpoint(owner, pointer(2))).toEqual([]);
    expect(await ledger.checkpoints(jobId)).toEqual([pointer(2), pointer(3)]);
    await finish();
    expect(await ledger.advanceCheckpoint(owner, pointer(4))).toBeUndefined();
  });

  it('keeps how far rows have come only for the attempt that holds the lock, until the job has ended', async () => {
    const ledger = new JobLedger(redis);
    const { token, finish } = await runningJob(redis, jobId);
    const owner = { ...attempt(), token };
    const rows = { sha256: 'ab', data: 'AAAA' };
    expect(await ledger.rows(jobId)).toBeUndefined();
    expect(await ledger.keepRows({ ...owner, token: 'foreign' }, rows)).toBe(false);
    expect(await ledger.keepRows({ ...owner, attemptsStarted: 2 }, rows)).toBe(false);
    expect(await ledger.rows(jobId)).toBeUndefined();
    expect(await ledger.keepRows(owner, rows)).toBe(true);
    expect(await ledger.rows(jobId)).toEqual(rows);
    await finish();
    expect(await ledger.keepRows(owner, { sha256: 'cd' })).toBe(false);
    expect(await new JobEnds(redis).publish(attempt(), { type: 'succeeded' })).toBe('published');
    expect(await ledger.rows(jobId)).toBeUndefined();
    expect(await redis.exists(new Keys().ledger(jobId))).toBe(0);
  });

  it('does nothing for an attempt that is over: not published, not counted, nothing forgotten', async () => {
    const ledger = new JobLedger(redis);
    await record();
    await start();
    await record(2);
    await ledger.began(attempt(2));
    for (const change of [ledger.began(attempt()), ledger.startedAlone(attempt()), ledger.endedOrderly(attempt())])
      await change;
    expect(await verdict()).toEqual({ kind: 'over' });
    expect(await redis.hgetall(new Keys().ledger(jobId))).toEqual({ starts: '2' });
    expect(await new JobEvents(redis).read(jobId)).toHaveLength(1);
  });

  it('does nothing for an attempt of a job whose end was published, or that is no longer kept', async () => {
    await redis.hset(new Keys().job('sampling', jobId), { ats: 1, ended: 1 });
    expect(await start()).toEqual({ kind: 'over' });
    await redis.del(new Keys().job('sampling', jobId));
    expect(await start()).toEqual({ kind: 'over' });
    expect(await redis.exists(new Keys().ledger(jobId), new Keys().events(jobId))).toBe(0);
  });
});
