import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WorkerHeartbeats } from '#queue';
import type { WorkerInfo } from '#contract';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';
import { workerInfo } from '../worker-info.js';
import { TestApi } from './test-api.js';

const JOBS = '/v1/sampling-jobs';

describe.skipIf(!redisAvailable)('A deadline', () => {
  let api: TestApi;
  let redis: Redis;
  let heartbeats: WorkerHeartbeats;

  beforeAll(async () => {
    api = await TestApi.start();
    redis = new Redis(api.redis.url);
    heartbeats = new WorkerHeartbeats(redis);
  });
  afterEach(async () => {
    for (const { id } of await heartbeats.list()) await heartbeats.remove(id);
  });
  afterAll(async () => {
    redis?.disconnect();
    await api?.stop();
  });

  /** Ten steps. */
  const body = { model: 'tiny', observations: [[1, 2, 3]] };
  const submit = async (deadlineMs: number) => (await api.post(JOBS, { ...body, deadlineMs })).status;
  const least = (model: string, seconds: number): Partial<WorkerInfo> => ({
    leastStepSeconds: [{ model, precision: 'float32', seconds }],
  });
  /** The API looks at the workers once per second. */
  const untilAnswered = (status: number, deadlineMs: number) =>
    until(
      `${deadlineMs} ms are answered with ${status}`,
      async () => (await submit(deadlineMs)) === status || undefined,
    );

  it('that nobody knows to be too short is accepted, whatever other models and large batches take', async () => {
    expect(await submit(1)).toBe(202);
    const slow = { p50: 60, p95: 60, p99: 60, count: 9 };
    await heartbeats.write(workerInfo('slow', { stepSeconds: slow, ...least('tiny@1', 60) }));
    await untilAnswered(422, 1);
    await heartbeats.write(workerInfo('slow', { stepSeconds: slow, ...least('other@1', 60) }));
    await untilAnswered(202, 1);
  });

  it('is refused where half of what the fastest step took alone would exceed it, and no other worker may be faster', async () => {
    await heartbeats.write(workerInfo('slow', least('tiny@1', 60)));
    await heartbeats.write(workerInfo('fast', least('tiny@1', 2)));
    await untilAnswered(422, 9_000);
    expect(await submit(11_000)).toBe(202);
    const refused = await api.post(JOBS, { ...body, deadlineMs: 9_000 });
    expect(await refused.json()).toMatchObject({ code: 'deadline_exceeded', errors: [{ path: 'deadlineMs' }] });
    await heartbeats.write(workerInfo('unknown'));
    await untilAnswered(202, 9_000);
  });
});
