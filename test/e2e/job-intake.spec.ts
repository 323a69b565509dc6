import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob, type Schemas } from '#client';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { until } from '../until.js';
import { someObservations, trainTinyModel, uploadTinyDataset } from './tiny-model.js';

const TEST_MS = 120_000;
/**
 * Three of the largest batches, 256 rows each, in jobs of 64 rows: what a thread runs, as much again, and,
 * once jobs have waited for long, the batch that it is given to go on with.
 */
const MOST_HELD = 12;

describe.skipIf(!redisAvailable)('A worker with more jobs than it can run', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start({ env: { STRIDE_THREADS: '1' } });
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
    'leaves in the queue what it cannot start soon, for others to find',
    async () => {
      const ids = await submitMany(20, 64, 40);
      let mostRunning = 0;
      const allEnded = async () => {
        const { items } = found(await stride.client.GET('/v1/sampling-jobs', { params: { query: { limit: 100 } } }));
        mostRunning = Math.max(mostRunning, items.filter(({ status }) => status === 'running').length);
        return items.filter(({ status }) => status === 'succeeded').length === ids.length ? true : undefined;
      };
      await until('all jobs have ended', allEnded, TEST_MS - 10_000);
      expect(mostRunning).toBeGreaterThan(0);
      expect(mostRunning).toBeLessThanOrEqual(MOST_HELD);
    },
    TEST_MS,
  );

  it(
    'takes an interactive job at once while it holds a large one, which runs on',
    async () => {
      const large = await submit(4_096, 200, 0);
      const statusOf = async () =>
        found(await stride.client.GET('/v1/sampling-jobs/{id}', { params: { path: { id: large } } })).status;
      await until('it runs', async () => ((await statusOf()) === 'running' ? true : undefined));
      const body = { model: 'slow', observations: someObservations(1), priority: 'interactive' as const };
      const { id } = found(await stride.client.POST('/v1/sampling-jobs', { body }));
      expect((await waitForSamplingJob(stride.client, id)).status).toBe('succeeded');
      expect(await statusOf()).toBe('running');
      await stride.client.POST('/v1/sampling-jobs/{id}/cancel', { params: { path: { id: large } } });
      await waitForSamplingJob(stride.client, large);
    },
    TEST_MS,
  );

  it(
    'gives back jobs that do not fit beside the others, which costs them no attempt',
    async () => {
      const jobs = await waitForAll(await submitMany(8, 4_096, 10)); // an engine holds 16,384 rows
      expect(jobs.map(({ status, error }) => error ?? status)).toEqual(jobs.map(() => 'succeeded'));
    },
    TEST_MS,
  );
});
