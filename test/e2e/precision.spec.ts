import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob, waitForTrainingJob, type Schemas } from '#client';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { someObservations, trainingRequest, uploadTinyDataset } from './tiny-model.js';

const ROWS = 64;

describe.skipIf(!redisAvailable)('Precision int8 over real processes', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start();
    await uploadTinyDataset(stride.client);
    // x0 is what int8 disturbs least, so that no CPU's rounding decides whether it is offered.
    const diffusion = { numTrainTimesteps: 1_000, predictionType: 'sample' } as const;
    const body = { ...trainingRequest({ model: 'tiny', steps: 400 }), diffusion };
    const { id } = found(await stride.client.POST('/v1/training-jobs', { body }));
    expect(await waitForTrainingJob(stride.client, id)).toMatchObject({ status: 'succeeded' });
  });
  afterAll(() => stride.stop());

  async function versionOf(name: string): Promise<Schemas['ModelVersion']> {
    const path = { name, version: '1' };
    return found(await stride.client.GET('/v1/models/{name}/versions/{version}', { params: { path } }));
  }

  async function sample(request: Partial<Schemas['SamplingRequest']>): Promise<number[]> {
    const body = { model: 'tiny', observations: someObservations(ROWS), seed: 5, ...request };
    const { id } = found(await stride.client.POST('/v1/sampling-jobs', { body }));
    const { status, error } = await waitForSamplingJob(stride.client, id);
    expect({ status, error }).toEqual({ status: 'succeeded', error: null });
    const response = await fetch(`${stride.url}/v1/sampling-jobs/${id}/result`, {
      headers: { accept: 'application/json' },
    });
    const actions: unknown = await response.json();
    return Array.isArray(actions) ? actions.flat(2) : [];
  }

  it('a trained version says what int8 costs it, and an int8 job deviates from float32 by about so much', async () => {
    const { int8 } = await versionOf('tiny');
    expect(int8).toMatchObject({ rows: 128, modeChangeRatio: 0, cpu: expect.stringMatching(/./) });
    const reported = int8?.relativeRms ?? Number.NaN;
    expect(reported).toBeGreaterThan(0);
    expect(reported).toBeLessThan(0.05);

    const [exact, rounded] = [await sample({}), await sample({ precision: 'int8' })];
    expect(await sample({ precision: 'int8' })).toEqual(rounded);
    const squares = exact.reduce((sum, value) => sum + value ** 2, 0);
    const error = Math.sqrt(exact.reduce((sum, value, i) => sum + (value - (rounded[i] ?? 0)) ** 2, 0) / squares);
    // Other observations and noise than those of the measurement, so not exactly as far.
    expect(error).toBeGreaterThan(reported / 3);
    expect(error).toBeLessThan(reported * 3);
  });

  it('a worker says in which precisions it runs', async () => {
    const { items } = found(await stride.client.GET('/v1/workers'));
    expect(items.map(({ precisions }) => precisions)).toEqual([['float32', 'int8']]);
  });

  it('an imported checkpoint is measured as well', async () => {
    const checkpoint = await fetch(`${stride.url}/v1/models/tiny/versions/1/checkpoint`);
    const response = await fetch(`${stride.url}/v1/models/copy/versions`, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: await checkpoint.arrayBuffer(),
    });
    expect(response.status).toBe(201);
    expect((await versionOf('copy')).int8?.relativeRms).toBeLessThan(0.05);
    expect(await sample({ model: 'copy', precision: 'int8' })).toEqual(await sample({ precision: 'int8' }));
  });
});
