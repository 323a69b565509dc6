import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob, type Schemas } from '#client';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { someObservations, trainTinyModel, uploadTinyDataset } from './tiny-model.js';

const TEST_MS = 120_000;

describe.skipIf(!redisAvailable)('A worker with more jobs than it can run', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start({ env: { STRIDE_DEVICES: '1' } });
    await uploadTinyDataset(stride.client);
    await trainTinyModel(stride.client, { model: 'slow', hiddenSize: 256 });
  });
  afterAll(() => stride.stop());

  const submit = async (rows: number, numInferenceSteps: number, seed: number): Promise<string> => {
    const observations = someObservations(1);
    const body = { model: 'slow', observations, samplesPerObservation: rows, numInferenceSteps, seed };
    return found(await stride.client.POST('/v1/sampling-jobs', { body })).id;
  };
  const submitMany = (count: number, rows: number, steps: number): Promise<string[]> =>
    Promise.all(Array.from({ length: count }, (_, seed) => submit(rows, steps, seed)));
  const waitForAll = (ids: readonly string[]): Promise<Schemas['SamplingJob'][]> =>
    Promise.all(ids.map((id) => waitForSamplingJob(stride.client, id)));

  it(
    'leaves in the queue what it cannot start soon, for a worker that comes later',
    async () => {
      const ids = await submitMany(20, 64, 400);
      await stride.startWorker();
      const jobs = await waitForAll(ids);
      expect(jobs.every(({ status }) => status === 'succeeded')).toBe(true);
      expect(new Set(jobs.map(({ worker }) => worker)).size).toBe(2);
    },
    TEST_MS,
  );

  it(
    'gives back jobs that do not fit beside the others, which costs them no attempt',
    async () => {
      const jobs = await waitForAll(await submitMany(8, 4_096, 10)); // an engine holds 8,192 rows
      expect(jobs.map(({ status, error }) => error ?? status)).toEqual(jobs.map(() => 'succeeded'));
    },
    TEST_MS,
  );
});
