import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { redisAvailable, startRedis } from '../redis.js';
import { until } from '../until.js';
import { TestApi } from './test-api.js';

const REFUSED_WITHIN_MS = 2_500;
/** A delivery of a webhook would get 12 s to end, which cannot be noted anyway. */
const STOPPED_WITHIN_MS = 10_000;
const body = { model: 'tiny', observations: [[1, 2, 3]] };

describe.skipIf(!redisAvailable)('While Redis is away', () => {
  let api: TestApi;
  afterEach(() => api.stop());

  const untilReady = () =>
    until('the API is ready', async () => ((await api.fetch('/health/ready')).status === 200 ? true : undefined));
  const numJobs = async () => {
    const redis = new Redis(api.redis.url);
    const waiting = await redis.zcard('{stride}:sampling:prioritized');
    redis.disconnect();
    return waiting;
  };

  /** Every request that needs Redis, refused in time. */
  async function expectRefusals(): Promise<void> {
    const requests = [
      api.post('/v1/sampling-jobs', body),
      api.post('/v1/sampling-jobs', body, { 'idempotency-key': 'a', prefer: 'wait=10' }),
      api.fetch('/v1/sampling-jobs'),
      api.fetch('/v1/sampling-jobs/smp_01J00000000000000000000000'),
      api.fetch('/v1/sampling-jobs/smp_01J00000000000000000000000/events'),
      api.fetch('/v1/sampling-jobs/smp_01J00000000000000000000000/cancel', { method: 'POST' }),
      api.fetch('/v1/training-jobs'),
      api.fetch('/v1/stats'),
      api.fetch('/v1/workers'),
      api.fetch('/queues'),
    ];
    const startedAt = performance.now();
    for (const response of await Promise.all(requests)) {
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(await response.json()).toMatchObject({ code: 'queue_unavailable' });
    }
    expect(performance.now() - startedAt).toBeLessThan(REFUSED_WITHIN_MS);
    expect((await api.fetch('/health/live')).status).toBe(200);
    expect((await api.fetch('/health/ready')).status).toBe(503);
    expect((await api.fetch('/metrics')).status).toBe(200);
  }

  it('an API that had started before refuses what needs it, and goes on when it is back', async () => {
    api = await TestApi.start();
    expect((await api.post('/v1/sampling-jobs', body)).status).toBe(202);
    await api.redis.kill();
    await until('the loss is noticed', async () =>
      (await api.fetch('/health/ready')).status === 503 ? true : undefined,
    );
    await expectRefusals();
    expect((await api.fetch('/v1/models/tiny')).status).toBe(200);
    await api.redis.restart();
    await untilReady();
    expect(await numJobs()).toBe(0); // this Redis keeps nothing, and what was refused is not done later
    expect((await api.post('/v1/sampling-jobs', body)).status).toBe(202);
    expect(await numJobs()).toBe(1);
  });

  it('an API that starts without it refuses what needs it, and works when it comes', async () => {
    const redis = await startRedis();
    await redis.kill();
    api = await TestApi.start(redis);
    await expectRefusals();
    expect((await api.fetch('/v1/models/tiny')).status).toBe(503); // there may be keys
    await redis.restart();
    await untilReady();
    expect((await api.fetch('/v1/models/tiny')).status).toBe(200);
    expect(await numJobs()).toBe(0);
    expect((await api.post('/v1/sampling-jobs', body)).status).toBe(202);
  });

  it('a Redis that hangs is refused as one that is gone', async () => {
    api = await TestApi.start();
    process.kill(api.redis.pid ?? 0, 'SIGSTOP');
    try {
      const startedAt = performance.now();
      const response = await api.post('/v1/sampling-jobs', body);
      expect(performance.now() - startedAt).toBeLessThan(REFUSED_WITHIN_MS);
      expect(response.status).toBe(503);
    } finally {
      process.kill(api.redis.pid ?? 0, 'SIGCONT');
    }
    await untilReady();
    expect((await api.post('/v1/sampling-jobs', body)).status).toBe(202);
  });

  it('an API that is asked to end does so in order, without it', async () => {
    api = await TestApi.start();
    await api.redis.kill();
    await until('the loss is noticed', async () =>
      (await api.fetch('/health/ready')).status === 503 ? true : undefined,
    );
    await api.process.stop(STOPPED_WITHIN_MS);
  });

  it('a Redis that would evict jobs ends the start with 78 and names the setting', async () => {
    api = await TestApi.start();
    const redis = new Redis(api.redis.url);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    redis.disconnect();
    const second = api.again();
    const { code } = await second.exited;
    expect(code).toBe(78);
    expect(second.lines.join('\n')).toContain('maxmemory-policy noeviction');
  });

  it('a full queue is refused with the time to come back', async () => {
    api = await TestApi.start();
    const redis = new Redis(api.redis.url);
    const fill = `for i = 1, 100001 do redis.call('ZADD', KEYS[1], i, 'smp_' .. i) end`;
    await redis.eval(fill, 1, '{stride}:sampling:prioritized');
    redis.disconnect();
    const refusal = await until('the full queue is noticed', async () => {
      const response = await api.post('/v1/sampling-jobs', body);
      return response.status === 503 ? response : undefined;
    });
    expect(await refusal.json()).toMatchObject({ code: 'queue_full' });
    expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });
});
