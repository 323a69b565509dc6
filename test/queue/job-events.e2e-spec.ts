import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobEvents, Keys } from '#queue';
import { newJobId, type JobEvent, type TrainingMetricsEvent } from '#contract';
import { redisAvailable, startRedis, type TestRedis } from '../redis.js';

const point = (step: number): TrainingMetricsEvent => ({
  type: 'metrics',
  step,
  totalSteps: 50,
  loss: 1 / step,
  learningRate: 1e-4,
  gradNorm: 1,
  stepsPerSecond: 10,
  validationLoss: null,
  skippedUpdates: 0,
});

describe.skipIf(!redisAvailable)('The events of a training job', () => {
  let server: TestRedis;
  let redis: Redis;
  let events: JobEvents;

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    events = new JobEvents(redis);
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });

  const stepsOf = (stream: readonly { readonly event: JobEvent }[]) =>
    stream.flatMap(({ event }) => (event.type === 'metrics' ? [event.step] : []));

  /** What BullMQ has on record of a job whose newest attempt is this one. */
  const record = (jobId: string, ats: number) => redis.hset(new Keys().job('training', jobId), { ats });

  it('publish each step once and in order, when two workers are lost and one of them goes on for a while', async () => {
    const jobId = newJobId('training');
    const publish = (attemptsStarted: number, ...steps: number[]): Promise<boolean[]> =>
      Promise.all(
        steps.map(
          async (step) =>
            (await events.publish({ kind: 'training', jobId, attemptsStarted }, point(step))) !== undefined,
        ),
      );
    await record(jobId, 1);
    expect(await publish(1, 10, 20, 30)).toEqual([true, true, true]);
    const middle = (await events.read(jobId)).at(-2)?.id; // a client saw step 20 and lost its connection
    await record(jobId, 2);
    expect(await publish(2, 20, 30)).toEqual([false, false]); // goes on from a checkpoint of step 15
    await record(jobId, 3);
    const [late, own] = await Promise.all([publish(1, 40), publish(3, 20, 30, 40, 50)]);
    expect([...late, ...own]).toEqual([false, false, false, true, true]);

    expect(stepsOf(await events.read(jobId))).toEqual([10, 20, 30, 40, 50]);
    expect(stepsOf(await events.read(jobId, middle))).toEqual([30, 40, 50]);
  });

  it('wake those who follow the job, and leave no key without a time to live', async () => {
    const keys = new Keys();
    const id = newJobId('training');
    const follower = new Redis(server.url);
    await follower.subscribe(keys.events(id));
    const woken = new Promise((resolve) => follower.once('message', resolve));
    await record(id, 1);
    await events.publish({ kind: 'training', jobId: id, attemptsStarted: 1 }, point(10));
    expect(await woken).toBe(keys.events(id));
    follower.disconnect();
    for (const key of [keys.events(id), keys.ledger(id)]) expect(await redis.ttl(key)).toBeGreaterThan(0);
  });
});
