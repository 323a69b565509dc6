import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob } from '#client';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { until } from '../until.js';
import { someObservations, trainTinyModel, uploadTinyDataset } from './tiny-model.js';

const REFUSED_WITHIN_MS = 2_500;

describe.skipIf(!redisAvailable)('While Redis is away', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start();
    await uploadTinyDataset(stride.client);
    await trainTinyModel(stride.client, { model: 'tiny' });
  });
  afterAll(() => stride.stop());

  const body = { model: 'tiny', observations: someObservations(2), numInferenceSteps: 10, seed: 1 };
  const status = async (path: string) => (await fetch(`${stride.url}${path}`)).status;
  const untilReady = () =>
    until('the API is ready again', async () => ((await status('/health/ready')) === 200 ? true : undefined));

  it('the API stays alive, is not ready, and refuses jobs within 2.5 s', async () => {
    await stride.redis.shutdown();
    const startedAt = performance.now();
    const refusal = await stride.client.POST('/v1/sampling-jobs', { body });
    expect(performance.now() - startedAt).toBeLessThan(REFUSED_WITHIN_MS);
    expect(refusal.response.status).toBe(503);
    expect(refusal.response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(refusal.error).toMatchObject({ code: 'queue_unavailable' });
    expect(await status('/health/live')).toBe(200);
    expect(await status('/health/ready')).toBe(503);

    await stride.redis.restart();
    await untilReady();
    const jobs = found(await stride.client.GET('/v1/sampling-jobs'));
    expect(jobs.items).toEqual([]); // what was refused is not done later
  });

  it('a job accepted before a crash of Redis is done after it, by the same worker', async () => {
    await untilReady();
    const { id } = found(await stride.client.POST('/v1/sampling-jobs', { body }));
    await stride.redis.kill();
    await stride.redis.restart();
    await untilReady();
    expect((await waitForSamplingJob(stride.client, id)).status).toBe('succeeded');
  });

  it('API and workers started without Redis work when it comes', async () => {
    await stride.redis.shutdown();
    await stride.api.kill();
    for (const running of stride.workers) await stride.killWorker(running);
    await stride.startApi();
    const worker = stride.startWorker(); // ready when Redis is
    expect((await stride.client.POST('/v1/sampling-jobs', { body })).response.status).toBe(503);

    await stride.redis.restart();
    await Promise.all([untilReady(), worker]);
    const { id } = found(await stride.client.POST('/v1/sampling-jobs', { body }));
    expect((await waitForSamplingJob(stride.client, id)).status).toBe('succeeded');
  });

  it('a worker takes no job from a Redis that came back as one that evicts them, until it is mended', async () => {
    const [{ metrics }] = stride.workers;
    const untilWorker = (ready: boolean) =>
      until(`the worker is ${ready ? '' : 'not '}ready`, async () =>
        (await fetch(new URL('/health/ready', metrics))).ok === ready ? true : undefined,
      );
    const admin = new Redis(stride.redis.url);
    const setPolicy = async (policy: string) => {
      await admin.config('SET', 'maxmemory-policy', policy);
      await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'); // everybody connects again
    };
    await setPolicy('allkeys-lru');
    await untilWorker(false);
    const submit = async () => (await stride.client.POST('/v1/sampling-jobs', { body })).data;
    const { id } = await until('the API has a connection again', submit);
    const mendedAt = Date.now();
    await setPolicy('noeviction');
    await untilWorker(true);
    const job = await waitForSamplingJob(stride.client, id);
    expect(job.status).toBe('succeeded');
    expect(Date.parse(job.startedAt ?? '')).toBeGreaterThanOrEqual(mendedAt);
    admin.disconnect();
  });

  it('a worker that is asked to end does so in order', async () => {
    await stride.redis.shutdown();
    await Promise.all(stride.workers.map((worker) => stride.stopWorker(worker)));
    await stride.redis.restart();
  });
});
