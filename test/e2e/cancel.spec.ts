import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Redis } from 'ioredis';
import { followEvents, found, waitForSamplingJob } from '#client';
import { JobEvents } from '#queue';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { someObservations, trainTinyModel, uploadTinyDataset } from './tiny-model.js';

describe.skipIf(!redisAvailable)('Cancelling over real processes', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start();
    await uploadTinyDataset(stride.client);
    await trainTinyModel(stride.client, { model: 'slow', hiddenSize: 256 });
  });
  afterAll(() => stride.stop());

  const short = { model: 'slow', observations: someObservations(1), numInferenceSteps: 5, seed: 3 };
  const long = {
    model: 'slow',
    observations: someObservations(64),
    samplesPerObservation: 8,
    numInferenceSteps: 1_000,
  };
  const submit = async (body: typeof short | typeof long) =>
    found(await stride.client.POST('/v1/sampling-jobs', { body })).id;
  const cancel = async (id: string) =>
    (await stride.client.POST('/v1/sampling-jobs/{id}/cancel', { params: { path: { id } } })).response.status;
  const read = async (id: string) =>
    found(await stride.client.GET('/v1/sampling-jobs/{id}', { params: { path: { id } } }));
  const typesOfEvents = async (id: string) => {
    const redis = new Redis(stride.redis.url);
    const events = await new JobEvents(redis).read(id);
    redis.disconnect();
    return events.map(({ event }) => event.type);
  };
  const resultOf = (id: string) => fetch(`${stride.url}/v1/sampling-jobs/${id}/result`);

  it('a queued job is cancelled at once, and its start is never published', async () => {
    for (const worker of stride.workers) await stride.stopWorker(worker);
    const id = await submit(short);
    expect(await cancel(id)).toBe(202);
    expect(await read(id)).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } });
    await stride.startWorker();
    const next = await submit(short);
    expect((await waitForSamplingJob(stride.client, next)).status).toBe('succeeded');
    expect(await read(id)).toMatchObject({ status: 'cancelled', startedAt: null, attempts: 0 });
    expect(await typesOfEvents(id)).not.toContain('started');
  });

  it('a running job stops at its next macro-step, and its neighbours keep their bytes', async () => {
    const alone = await waitForSamplingJob(stride.client, await submit(short));
    const id = await submit(long);
    let neighbour: string | undefined;
    for await (const event of followEvents(stride.client, id)) {
      if (event.type !== 'step' || neighbour !== undefined) continue;
      neighbour = await submit(short);
      expect(await cancel(id)).toBe(202);
    }
    expect(await read(id)).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' }, result: null });
    const finished = await waitForSamplingJob(stride.client, neighbour ?? '');
    expect(finished.result?.sha256).toBe(alone.result?.sha256);
  });

  it('a cancelled job has no result, and cancelling it again changes nothing', async () => {
    const id = await submit(long);
    expect(await cancel(id)).toBe(202);
    expect(await cancel(id)).toBe(202);
    const job = await waitForSamplingJob(stride.client, id);
    expect(job.status).toBe('cancelled');
    const response = await resultOf(id);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'job_cancelled' });
  });

  it('a finished job cannot be cancelled', async () => {
    const id = await submit(short);
    await waitForSamplingJob(stride.client, id);
    expect(await cancel(id)).toBe(409);
    expect((await read(id)).status).toBe('succeeded');
  });
});
