import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillNormal } from '#ddim';
import { found, waitForSamplingJob } from '#client';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { ACTION_DIM, HORIZON, OBS_SIZE, someObservations, trainTinyModel, uploadTinyDataset } from './tiny-model.js';

const ROWS = 3;

describe.skipIf(!redisAvailable)('An exported sampler', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start();
    await uploadTinyDataset(stride.client);
    await trainTinyModel(stride.client, { model: 'tiny' });
  });
  afterAll(() => stride.stop());

  async function serviceResult(initialNoise: Float32Array): Promise<number[]> {
    const noise = Buffer.from(initialNoise.buffer).toString('base64');
    const body = {
      model: 'tiny',
      observations: someObservations(ROWS),
      numInferenceSteps: 7,
      initialNoise: { shape: [ROWS, HORIZON, ACTION_DIM], dtype: 'float32' as const, data: noise },
    };
    const accepted = found(await stride.client.POST('/v1/sampling-jobs', { body }));
    const { id } = await waitForSamplingJob(stride.client, accepted.id);
    const response = await fetch(`${stride.url}/v1/sampling-jobs/${id}/result`, {
      headers: { accept: 'application/json' },
    });
    const actions: unknown = await response.json();
    return Array.isArray(actions) ? actions.flat(2) : [];
  }

  it('gives in plain ONNX Runtime what the service gives, in the units of the data', async () => {
    const initialNoise = new Float32Array(ROWS * HORIZON * ACTION_DIM);
    fillNormal(initialNoise, { seed: 3, row: 0, purpose: 128 }, 0);
    const response = await fetch(`${stride.url}/v1/models/tiny/versions/1/sampler.onnx?steps=7`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-disposition')).toContain('sampler.onnx');
    const session = await ort.InferenceSession.create(new Uint8Array(await response.arrayBuffer()));
    const { actions } = await session.run({
      observations: new ort.Tensor('float32', Float32Array.from(someObservations(ROWS).flat()), [ROWS, OBS_SIZE]),
      initial_noise: new ort.Tensor('float32', initialNoise, [ROWS, HORIZON, ACTION_DIM]),
    });
    const expected = await serviceResult(initialNoise);
    expect(actions?.dims).toEqual([ROWS, HORIZON, ACTION_DIM]);
    for (const [i, value] of expected.entries()) expect(actions?.data[i]).toBeCloseTo(value, 5);
    await session.release();
  });

  it('is refused for options that the model cannot run, with the reason', async () => {
    const response = await fetch(`${stride.url}/v1/models/tiny/versions/1/sampler.onnx?steps=1001`);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: 'validation_failed', errors: [{ path: 'numInferenceSteps' }] });
  });
});
