import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitForSamplingJob, waitForTrainingJob } from '#client';
import { publishTinyModel } from '../api/test-api.js';
import { uploadTinyDataset } from '../e2e/tiny-model.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import storedJobs from './stored-jobs.json' with { type: 'json' };

const { training, ...sampling } = storedJobs;

/**
 * In `stored-jobs.json` lies what release 0.1.0 had in Redis of jobs that were queued, and the request of
 * each.
 */
describe.skipIf(!redisAvailable)('Jobs that an older release has queued', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start({ numWorkers: 0, env: { STRIDE_THREADS: '1' } });
    await publishTinyModel(join(stride.directory, 'artifacts'), 'tiny');
    await uploadTinyDataset(stride.client);
    const redis = new Redis(stride.redis.url);
    for (const job of Object.values(sampling)) await enqueue(redis, 'sampling', job);
    await enqueue(redis, 'training', training);
    redis.disconnect();
    await stride.startWorker();
  });
  afterAll(() => stride.stop());

  it.each(Object.entries(sampling))(
    'give the bytes that the same request gives now: %s',
    async (_, { id, request }) => {
      const former = await waitForSamplingJob(stride.client, id);
      expect(former).toMatchObject({ status: 'succeeded', error: null });
      const present = await waitForSamplingJob(stride.client, await submit({ ...request, seed: former.seed }));
      expect(former.result?.sha256).toBe(present.result?.sha256);
      const { model, progress, metadata, warnings } = former;
      expect(present).toMatchObject({ model, progress, metadata, warnings });
    },
  );

  it('are trained', async () => {
    const job = await waitForTrainingJob(stride.client, training.id);
    expect(job).toMatchObject({ status: 'succeeded', result: { model: { name: 'trained', version: 1 } } });
  });

  async function submit(request: object): Promise<string> {
    const response = await fetch(`${stride.url}/v1/sampling-jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    expect(response.status).toBe(202);
    return ((await response.json()) as { id: string }).id;
  }
});

/** Puts a job where that release left it; accepted just now, since a deadline counts from then. */
async function enqueue(
  redis: Redis,
  queue: string,
  { id, hash }: { readonly id: string; readonly hash: { readonly priority: string } },
): Promise<void> {
  const key = `{stride}:${queue}`;
  await redis.hset(`${key}:${id}`, { ...hash, timestamp: Date.now() });
  await redis.zadd(`${key}:prioritized`, Number(hash.priority) * 2 ** 32, id);
  await redis.zadd(`${key}:marker`, 0, '0');
}
