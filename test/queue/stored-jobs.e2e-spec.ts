import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob, waitForTrainingJob } from '#client';
import { StoredTrainingJob } from '#contract';
import { seedOf } from '#queue';
import { publishTinyModel } from '../api/test-api.js';
import { uploadTinyDataset } from '../e2e/tiny-model.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import storedJobs from './stored-jobs.json' with { type: 'json' };

const { training, fineTune, ...sampling } = storedJobs;

/**
 * In `stored-jobs.json` lies what release 0.1.0 had in Redis of jobs that were queued, the request of each,
 * and the settings with which it did the fine-tuning.
 */
describe.skipIf(!redisAvailable)('Jobs that an older release has queued', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start({ numWorkers: 0, env: { STRIDE_THREADS: '1' } });
    await publishTinyModel(join(stride.directory, 'artifacts'), 'tiny');
    await uploadTinyDataset(stride.client);
    const redis = new Redis(stride.redis.url);
    for (const job of Object.values(sampling)) await enqueue(redis, 'sampling', job);
    for (const job of [training, fineTune]) await enqueue(redis, 'training', job);
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

  it('are trained with the settings that the older release would have found', async () => {
    const job = await waitForTrainingJob(stride.client, fineTune.id);
    expect(job).toMatchObject({ status: 'succeeded', seed: fineTune.settings.training.seed, metadata: { robot: 'a' } });
    const response = await fetch(`${stride.url}/v1/models/tuned/versions/1`);
    expect(await response.json()).toMatchObject({ provenance: { settings: fineTune.settings } });
  });

  it('mean what the same training request means now, apart from its seed', async () => {
    const id = await submit(fineTune.request, 'training-jobs');
    const redis = new Redis(stride.redis.url);
    const stored = await redis.hget(`{stride}:training:${id}`, 'data');
    redis.disconnect();
    const { config, ...present } = StoredTrainingJob.parse(JSON.parse(String(stored)));
    const { config: formerConfig, ...former } = StoredTrainingJob.parse(JSON.parse(fineTune.hash.data));
    expect(present).toEqual(former);
    const { seed } = found(await stride.client.GET('/v1/training-jobs/{id}', { params: { path: { id } } }));
    expect(config).toEqual({ ...formerConfig, training: { ...formerConfig.training, seed } });
    expect(seed).toBe(seedOf(id));
  });

  async function submit(request: object, route = 'sampling-jobs'): Promise<string> {
    const response = await fetch(`${stride.url}/v1/${route}`, {
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
