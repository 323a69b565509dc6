import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob, type Schemas } from '#client';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { someObservations, trainTinyModel, uploadTinyDataset } from './tiny-model.js';

const ROWS = 4;
const KNOWN = [
  [0.1, 0.2],
  [0, 0],
  [0, 0],
  [0, 0],
];
const OPTIONS: ReadonlyArray<Partial<Schemas['SamplingRequest']>> = [
  {},
  { eta: 1 },
  { timestepSpacing: 'linspace', useClippedModelOutput: true },
  { thresholding: { ratio: 0.9, maxValue: 2 }, eta: 0.5 },
  { fixedActions: { mask: [1, 0, 0, 0], values: Array.from({ length: ROWS }, () => KNOWN) } },
];

describe.skipIf(!redisAvailable)('A worker on TensorFlow.js', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start();
    await uploadTinyDataset(stride.client);
    await trainTinyModel(stride.client, { model: 'tiny' });
  });
  afterAll(() => stride.stop());

  it('gives the actions that a worker on ONNX Runtime gives, with any options', async () => {
    const onOnnx = await sampleAll();
    await stride.stopWorker(stride.workers[0]);
    const { metrics } = await stride.startWorker({ STRIDE_BACKEND: 'tfjs' });
    const onTensorFlow = await sampleAll();
    expect(await (await fetch(metrics)).text()).toMatch(/^stride_engine_row_steps_total\{.*backend="tfjs".*\} [1-9]/m);
    for (const [i, actions] of onTensorFlow.entries()) {
      expect(actions).toHaveLength(onOnnx[i].length);
      const difference = Math.max(...actions.map((value, at) => Math.abs(value - onOnnx[i][at])));
      expect(difference, JSON.stringify(OPTIONS[i])).toBeLessThan(1e-4);
    }
  });

  async function sampleAll(): Promise<number[][]> {
    const results: number[][] = [];
    for (const options of OPTIONS) results.push(await sample(options));
    return results;
  }

  async function sample(options: Partial<Schemas['SamplingRequest']>): Promise<number[]> {
    const body = { model: 'tiny', observations: someObservations(ROWS), seed: 5, numInferenceSteps: 20, ...options };
    const { id } = found(await stride.client.POST('/v1/sampling-jobs', { body }));
    const { status, error } = await waitForSamplingJob(stride.client, id);
    expect({ status, error }).toEqual({ status: 'succeeded', error: null });
    const response = await fetch(`${stride.url}/v1/sampling-jobs/${id}/result`);
    const actions: unknown = await response.json();
    return Array.isArray(actions) ? actions.flat(2) : [];
  }
});
