import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JobCancellation, JobEnds, JobEvents, Keys, newJobId, type JobOutcome } from '#jobs';
import { redisAvailable, startRedis, type TestRedis } from '../redis.js';
import { until } from '../until.js';

const outcome: JobOutcome = { startedAt: 1, finishedAt: 2, attempts: 1, returnValue: { text: 'é', numbers: [1, 2] } };

describe.skipIf(!redisAvailable)('The end of a job', () => {
  const keys = new Keys();
  let server: TestRedis;
  let redis: Redis;
  let subscriber: Redis;
  let ends: JobEnds;
  let jobId = '';
  const told = new Map<string, JobOutcome | undefined>();
  let numSubscribed = 0;

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    subscriber = new Redis(server.url);
    ends = new JobEnds(redis, subscriber);
    await ends.subscribe('sampling', {
      onEnd: (id, read) => told.set(id, read()),
      onSubscribed: () => (numSubscribed += 1),
    });
  });
  beforeEach(() => {
    jobId = newJobId('sampling');
  });
  afterAll(async () => {
    redis?.disconnect();
    subscriber?.disconnect();
    await server?.stop();
  });

  const untilTold = (id = jobId) => until('the end is told', () => Promise.resolve(told.has(id) || undefined));
  const events = async () => (await new JobEvents(redis).read(jobId)).map(({ event }) => event);

  it('is told with its outcome, and is the last event of the stream, which expires', async () => {
    expect(await ends.tell('sampling', jobId, { type: 'succeeded' }, outcome)).toBeUndefined();
    await untilTold();
    expect(told.get(jobId)).toEqual(outcome);
    expect(await events()).toEqual([{ type: 'succeeded' }]);
    expect(await redis.ttl(keys.events(jobId))).toBeGreaterThan(0);
  });

  it('wakes those who follow the job', async () => {
    const follower = new Redis(server.url);
    await follower.subscribe(keys.events(jobId));
    const woken = new Promise((resolve) => follower.once('message', resolve));
    await ends.tell('sampling', jobId, { type: 'succeeded' }, outcome);
    expect(await woken).toBe(keys.events(jobId));
    follower.disconnect();
  });

  it('is told without an outcome when the job failed', async () => {
    const error = { code: 'backend_error', message: 'no device' } as const;
    await ends.tell('sampling', jobId, { type: 'failed', error });
    await untilTold();
    expect(told.get(jobId)).toBeUndefined();
    expect(await events()).toEqual([{ type: 'failed', error }]);
  });

  it('of a job whose cancel was accepted is that cancel, and what came out is not told', async () => {
    await redis.hset(keys.job('sampling', jobId), { timestamp: '1', ats: '1' });
    const record = await new JobCancellation(redis).request('sampling', jobId, 'superseded');
    expect(await ends.tell('sampling', jobId, { type: 'succeeded' }, outcome)).toEqual(record);
    await untilTold();
    expect(told.get(jobId)).toBeUndefined();
    expect(await events()).toMatchObject([{ type: 'cancelled', error: { code: 'superseded' } }]);
  });

  it('is told to those who listen for jobs of its kind alone', async () => {
    const training = newJobId('training');
    await ends.tell('training', training, { type: 'succeeded' });
    await ends.tell('sampling', jobId, { type: 'succeeded' }, outcome);
    await untilTold();
    expect(told.has(training)).toBe(false);
  });

  it('has no outcome when another release tells it in another way', async () => {
    await redis.publish(keys.endChannel('sampling'), `${jobId}{"startedAt":"yesterday"}`);
    await untilTold();
    expect(told.get(jobId)).toBeUndefined();
  });

  it('is told again after the connection was lost, and that messages may have been lost is told too', async () => {
    const before = numSubscribed;
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await until('it is subscribed again', () => Promise.resolve(numSubscribed > before || undefined));
    await ends.tell('sampling', jobId, { type: 'succeeded' }, outcome);
    await untilTold();
    expect(told.get(jobId)).toEqual(outcome);
  });
});
