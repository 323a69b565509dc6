import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JobCancellation, JobEvents, Keys, STRIDE_PREFIX, WorkerHeartbeats } from '#queue';
import { newJobId, type ProgressEvent } from '#contract';
import { startRedis, type TestRedis } from '../redis.js';
import { workerInfo } from '../worker-info.js';
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

describe('a cancellation', () => {
  it('of an unknown job is unknown, and leaves nothing behind', async () => {
    expect(await new JobCancellation(redis).request('sampling', jobId)).toBe('unknown');
    expect(await redis.exists(`${STRIDE_PREFIX}:ledger:${jobId}`)).toBe(0);
  });

  it('is durable, names the attempt, reaches subscribers, and the first reason stays', async () => {
    const subscriber = new Redis(server.url);
    const cancellation = new JobCancellation(redis, subscriber);
    const heard = new Promise((resolve) => {
      void cancellation.subscribe({ onCancel: resolve, onSubscribed: () => undefined });
    });
    const { finish } = await runningJob(redis, jobId);
    const record = await cancellation.request('sampling', jobId);
    expect(record).toMatchObject({ attempt: 1, reason: 'cancelled' });
    expect(await heard).toEqual({ jobId, reason: 'cancelled' });
    expect(await cancellation.request('sampling', jobId, 'superseded')).toEqual(record);
    expect((await cancellation.readFlags(['other', jobId])).get(jobId)).toEqual(record);
    await finish();
    subscriber.disconnect();
  });

  it('that nobody answered in time is not made later, when its command arrives', async () => {
    const { finish } = await runningJob(redis, jobId);
    const admin = new Redis(server.url);
    const cancellation = new JobCancellation(redis);
    await cancellation.request('sampling', newJobId('sampling')); // its clock has been read
    await admin.call('CLIENT', 'PAUSE', '2500', 'ALL');
    await expect(cancellation.request('sampling', jobId)).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(await redis.ping()).toBe('PONG'); // behind the late command
    expect((await cancellation.readFlags([jobId])).size).toBe(0);
    await finish();
    admin.disconnect();
  });

  it('is one record, however many ask at once', async () => {
    const { finish } = await runningJob(redis, jobId);
    const cancellation = new JobCancellation(redis);
    const reasons = ['cancelled', 'superseded'] as const;
    const records = await Promise.all(
      Array.from({ length: 20 }, (_, i) => cancellation.request('sampling', jobId, reasons[i % 2])),
    );
    for (const record of records) expect(record).toEqual(records[0]);
    await finish();
  });

  it('says when what was sent may have been missed: after every reconnect, once it listens again', async () => {
    const subscriber = new Redis(server.url);
    const cancellation = new JobCancellation(redis, subscriber);
    const heard: string[] = [];
    let onSubscribed = (): void => undefined;
    const subscribed = () =>
      new Promise<void>((resolve) => {
        onSubscribed = resolve;
      });
    const first = subscribed();
    await cancellation.subscribe({
      onCancel: (message) => heard.push(message.jobId),
      onSubscribed: () => onSubscribed(),
    });
    await first;
    const again = subscribed();
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await again;
    const { finish } = await runningJob(redis, jobId);
    const channel = `${STRIDE_PREFIX}:cancel`;
    expect(await redis.publish(channel, 'no JSON')).toBe(1);
    expect(await redis.publish(channel, '{"jobId":1}')).toBe(1);
    const arrived = new Promise((resolve) =>
      subscriber.on('message', (_, text) => text.includes(jobId) && resolve(text)),
    );
    await cancellation.request('sampling', jobId);
    await arrived;
    expect(heard).toEqual([jobId]);
    await finish();
    subscriber.disconnect();
  });

  it('survives a Redis that has forgotten its scripts', async () => {
    const cancellation = new JobCancellation(redis);
    await cancellation.request('sampling', jobId);
    await redis.script('FLUSH');
    expect(await cancellation.request('sampling', jobId)).toBe('unknown');
  });

  it('of a finished job is refused', async () => {
    const { finish } = await runningJob(redis, jobId);
    await finish();
    expect(await new JobCancellation(redis).request('sampling', jobId)).toBe('finished');
  });
});

describe('the events of a job', () => {
  const step = (completedSteps: number): ProgressEvent => ({
    type: 'step',
    completedRows: 0,
    totalRows: 1,
    completedSteps,
    totalSteps: 9,
    secondsLeft: null,
  });
  const publish = (completedSteps: number, attemptsStarted = 1) =>
    new JobEvents(redis).publish({ kind: 'sampling', jobId, attemptsStarted }, step(completedSteps));
  const read = async (after?: string) => (await new JobEvents(redis).read(jobId, after)).map(({ event }) => event);
  const record = (fields: object) => redis.hset(new Keys().job('sampling', jobId), fields);

  it('are read in order, from any place, and wake a subscriber', async () => {
    await record({ ats: 1 });
    const events = new JobEvents(redis);
    const subscriber = new Redis(server.url);
    await subscriber.subscribe(events.keyOf(jobId));
    const woken = new Promise((resolve) => subscriber.once('message', resolve));
    expect(await publish(1)).toBe(1);
    expect(await woken).toBe(events.keyOf(jobId));
    await publish(2);
    const [first] = await events.read(jobId);
    expect(await read()).toEqual([step(1), step(2)]);
    expect(await read(first?.id)).toEqual([step(2)]);
    expect(await redis.ttl(events.keyOf(jobId))).toBeGreaterThan(0);
    subscriber.disconnect();
  });

  it('say how many follow them, and leave how the attempt went so far in its record', async () => {
    await record({ ats: 1 });
    expect(await new JobEvents(redis).publish({ kind: 'sampling', jobId, attemptsStarted: 1 }, step(1), 'so far')).toBe(
      0,
    );
    expect(await publish(2)).toBe(0);
    expect(await redis.hget(new Keys().job('sampling', jobId), 'trace')).toBe('so far');
  });

  it.each([
    ['a newer attempt has it', { ats: 2 }],
    ['its end was published', { ats: 1, ended: 1 }],
    ['it is no longer kept', { name: 'sampling' }],
  ])('are not published by an attempt that is over, because %s', async (_why, fields) => {
    await record(fields);
    expect(await publish(1)).toBeUndefined();
    expect(await read()).toEqual([]);
  });

  it('of a long training run are read to the newest', async () => {
    await record({ ats: 1 });
    const entry = ['MAXLEN', '~', 20_000, '*', 'type', 'paused', 'data', '{"type":"paused"}'] as const;
    const run = redis.pipeline();
    for (let i = 0; i < 20_050; i++) run.xadd(new Keys().events(jobId), ...entry);
    await run.exec();
    await publish(9);
    expect((await read()).at(-1)).toEqual(step(9));
  });

  it('that another release has written are left out, and the others keep their places', async () => {
    await record({ ats: 1 });
    await publish(1);
    await redis.xadd(new Keys().events(jobId), '*', 'type', 'dreamt', 'data', '{"type":"dreamt","of":"sheep"}');
    await publish(2);
    expect(await read()).toEqual([step(1), step(2)]);
  });

  it('fail to be written loudly when Redis refuses them', async () => {
    await record({ ats: 1 });
    await redis.set(new Keys().events(jobId), 'no stream');
    await expect(publish(1)).rejects.toThrow(/WRONGTYPE/);
  });
});

describe('heartbeats', () => {
  const info = (id: string, startedAt: string) => workerInfo(id, { startedAt });

  it('list the workers that live, oldest first, and forget those that are gone', async () => {
    const heartbeats = new WorkerHeartbeats(redis, `{${jobId}}`);
    const [first, second] = [info('b', '2026-01-01T00:00:00Z'), info('a', '2026-01-02T00:00:00Z')];
    await heartbeats.write(second);
    await heartbeats.write(first);
    expect((await heartbeats.list()).map(({ id }) => id)).toEqual(['b', 'a']);
    await redis.del(`{${jobId}}:worker:b`); // as if it had expired
    expect(await heartbeats.list()).toEqual([second]);
    await heartbeats.write({ ...first, id: 'newer release' });
    await redis.set(`{${jobId}}:worker:newer release`, '{"mood":"good"}');
    expect(await heartbeats.list()).toEqual([second]);
    const newer = { ...second, id: 'newer release' };
    await redis.set(`{${jobId}}:worker:newer release`, JSON.stringify({ ...newer, mood: 'good' }));
    expect(await heartbeats.list()).toEqual([second, newer]);
    await heartbeats.remove('newer release');
    await heartbeats.remove('a');
    expect(await heartbeats.list()).toEqual([]);
  });
});
