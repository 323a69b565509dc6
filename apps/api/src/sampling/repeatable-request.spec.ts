import { describe, expect, it } from 'vitest';
import { SamplingRequest, StoredSamplingJob, resolveSamplingOptions, type SamplingJobData } from '#contract';
import { samplingOptions } from '#ddim';
import { encodeTensor, spentJobData } from '#queue';
import { repeatableRequest } from './repeatable-request.js';

const tensor = (shape: number[]) =>
  encodeTensor({ shape, data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.5) });

const options = samplingOptions({ numInferenceSteps: 8, eta: 0.5, timestepSpacing: 'leading', stepsOffset: 1 });

const job: SamplingJobData = {
  request: {
    mode: 'sample',
    precision: 'float32',
    samplesPerObservation: 2,
    priority: 'bulk',
    metadata: { robot: 'left' },
    previewEvery: 4,
    observations: tensor([3, 2]),
  },
  options,
  model: { name: 'robot', version: 3, sha256: 'a'.repeat(64) },
  seed: 7,
  rows: 6,
  steps: 48,
  actionShape: [4, 2],
  warnings: [],
};

/** What the API would make of the request of a job, once it has come over the wire. */
const readBack = (data: StoredSamplingJob) =>
  SamplingRequest.parse(JSON.parse(JSON.stringify(repeatableRequest(data).request)));

describe('The request of a job', () => {
  it.each([
    ['the same model', options],
    ['a model that thresholds', { ...options, thresholding: { ratio: 0.9, maxValue: 2 } }],
    ['a model without limits', { ...options, clipSample: false, useClippedModelOutput: true, guidanceScale: 3 }],
    ['a model of Edifice', { ...options, compat: 'edifice' as const, eta: 0 }],
  ])('names all that was decided for %s, so that no default of the model matters any more', (_what, decided) => {
    const request = readBack({ ...job, options: decided });
    expect(request).toMatchObject({ model: 'robot@3', seed: 7, samplesPerObservation: 2, priority: 'bulk' });
    const others = { ...options, numInferenceSteps: 99, eta: 1, compat: 'edifice' as const, clipSampleRange: 9 };
    const thresholds = { ...others, thresholding: { ratio: 0.5, maxValue: 1 } };
    for (const defaults of [options, others, thresholds])
      expect(resolveSamplingOptions(request, defaults)).toEqual(decided);
  });

  it('gives tensors of actions in the form of a request', () => {
    const mask = [1, 1, 0, 0, 0, 0, 0, 0] satisfies (0 | 1)[];
    const chunk = { delaySteps: 1, executionHorizon: 3, schedule: 'exp', maxWeight: 8 } as const;
    const request = readBack({
      ...job,
      request: {
        ...job.request,
        fixedActions: { mask, values: tensor([6, 4, 2]) },
        realTimeChunking: { previousActions: tensor([6, 4, 2]), ...chunk },
      },
    });
    expect(request.fixedActions?.mask).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(request.realTimeChunking).toMatchObject({ executedSteps: 0, ...chunk });
  });

  it('leaves out tensors whose numbers are gone with the end of the job, and names them', () => {
    const large = {
      ...job.request,
      observations: tensor([200, 2]),
      initialNoise: { artifact: `art_${'b'.repeat(64)}` },
    };
    const whole = { ...job, request: large };
    expect(repeatableRequest(whole).missing).toEqual([]);
    const spent = StoredSamplingJob.parse(JSON.parse(spentJobData(whole) ?? ''));
    const { request, missing } = repeatableRequest(spent);
    expect(missing).toEqual(['observations']);
    expect(request.observations).toBeUndefined();
    expect(request.initialNoise).toEqual(large.initialNoise);
  });
});
