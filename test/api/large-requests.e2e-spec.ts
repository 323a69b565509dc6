import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisAvailable } from '../redis.js';
import { JOBS, pairs, put, TRAINING } from './bad-inputs/bad-input.js';
import { TestApi } from './test-api.js';

describe.skipIf(!redisAvailable)('A large request', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await TestApi.start();
  });
  afterAll(() => api.stop());

  const body = { model: 'tiny', observations: [[1, 2, 3]] };

  it('with metadata of several bytes per character is taken beside its observations', async () => {
    const metadata = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`k${i}`, '\u4e2d'.repeat(512)]));
    const observations = Array.from({ length: 1_000 }, () => [1, 2, 3]);
    const response = await api.post(JOBS, { ...body, observations, metadata });
    expect([response.status, await response.json()]).toMatchObject([202, { metadata }]);
  });

  it('with 10,000 betas is taken', async () => {
    await put('/v1/datasets/pairs', pairs([8, 3], [8, 4, 2]))(api);
    const trainedBetas = Array.from({ length: 10_000 }, (_, i) => 1e-4 + i * 1.2345678901e-7);
    const diffusion = { trainedBetas, numTrainTimesteps: 10_000 };
    const response = await api.post(TRAINING, { model: 'new', dataset: 'pairs', diffusion });
    expect([response.status, await response.text()]).toMatchObject([202, expect.anything()]);
  });

  it('for jobs of which none fits the filter takes a few round trips', async () => {
    const requests = Array.from({ length: 500 }, () => body);
    expect((await api.post(`${JOBS}/batch`, { requests })).status).toBe(207);
    const redis = new Redis(api.redis.url);
    await redis.config('RESETSTAT');
    const page = await api.fetch(`${JOBS}?limit=1&model=nothing`);
    expect(await page.json()).toEqual({ items: [], nextCursor: null });
    const calls = /cmdstat_zrevrangebylex:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1];
    expect(Number(calls)).toBeLessThanOrEqual(4);
    redis.disconnect();
  });
});
