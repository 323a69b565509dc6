import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SamplingJob } from '#contract';
import { redisAvailable } from '../redis.js';
import { TestApi } from './test-api.js';

describe.skipIf(!redisAvailable)('SIGTERM', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await TestApi.start();
  });
  afterAll(() => api.redis.stop());

  it('ends waits with the queued job and streams with a request to come back, and then the process, in order', async () => {
    const body = { model: 'tiny', observations: [[1, 2, 3]] };
    const { id } = SamplingJob.parse(await (await api.post('/v1/sampling-jobs', body)).json());
    const events = await api.fetch(`/v1/sampling-jobs/${id}/events`);
    const waited = api.post('/v1/sampling-jobs', body, { prefer: 'wait=60' });
    // The wait has begun once its job is listed beside the first one.
    await expect.poll(async () => listed(await api.fetch('/v1/sampling-jobs'))).toBe(2);
    const stopped = api.process.stop(10_000);
    const response = await waited;
    expect(response.status).toBe(202);
    expect(SamplingJob.parse(await response.json()).status).toBe('queued');
    expect(await events.text()).toMatch(/event: queued\n[^]*retry: \d+\n/);
    await stopped; // exit code 0, and nothing escaped
  });
});

async function listed(response: Response): Promise<number> {
  const { items } = (await response.json()) as { items: unknown[] };
  return items.length;
}
