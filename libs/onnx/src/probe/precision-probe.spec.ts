import { beforeAll, describe, expect, it } from 'vitest';
import { initialParameters, samplingOptions, type DdimModel, type SamplingOptions } from '#ddim';
import { measurePrecisions } from '#engine';
import { onnxMeasuredBackendModule } from '../backend-modules.js';
import { probePrecisions } from './precision-probe.js';
import { config, T } from '../../../engine/testing/probe-rows.js';

const parameters = initialParameters(config, 7);

function modelWith(options: Partial<SamplingOptions> = {}): DdimModel {
  const identity = (size: number) => ({ scale: new Float32Array(size).fill(1), offset: new Float32Array(size) });
  return {
    config,
    parameters,
    schedule: {
      numTrainTimesteps: T,
      betaSchedule: 'squaredcos_cap_v2',
      betaStart: 1e-4,
      betaEnd: 0.02,
      rescaleBetasZeroSnr: false,
      setAlphaToOne: true,
    },
    sampling: samplingOptions({ numInferenceSteps: 5, ...options }),
    conditionDropout: 0,
    observationNormalizer: identity(config.obsSize),
    actionNormalizer: identity(config.actionDim),
  };
}

const measure = (model: DdimModel, observations?: Float32Array) =>
  measurePrecisions({ model, observations, backendModule: onnxMeasuredBackendModule });
let reports: Awaited<ReturnType<typeof measure>>;
beforeAll(async () => {
  reports = await measure(modelWith());
});

describe('measurePrecisions', { timeout: 60_000 }, () => {
  it('finds a small deviation that is the same every time', async () => {
    for (const report of Object.values(reports)) {
      expect(report).toMatchObject({ rows: 128, numInferenceSteps: 5, modeChangeRatio: 0 });
      expect(report.relativeRms).toBeGreaterThan(1e-4);
      expect(report.relativeRms).toBeLessThan(5e-2);
      expect(report.largestDifference).toBeGreaterThan(0);
    }
    expect(reports.bf16.relativeRms).toBeLessThan(reports.int8.relativeRms);
    expect(await measure(modelWith())).toEqual(reports);
  });

  it('samples the observations that it is given', async () => {
    const observations = new Float32Array(config.obsSize).fill(0.25);
    expect(await measure(modelWith(), observations)).not.toEqual(reports);
  });

  it.each([
    ['a plan that the thread finishes itself', { thresholding: { ratio: 0.9, maxValue: 1.5 } }],
    ['a plan that draws noise', { eta: 1 }],
  ])('measures %s', async (_, options) => {
    const others = await measure(modelWith(options));
    expect(others).not.toEqual(reports); // it is the model's own plan
    const { int8, bf16 } = others;
    expect(Math.max(int8.relativeRms, bf16.relativeRms)).toBeLessThan(5e-2);
  });
});

describe('probePrecisions', { timeout: 60_000 }, () => {
  it('gives the report of a process of its own', async () => {
    expect(await probePrecisions({ model: modelWith() })).toEqual(reports);
  });

  it('says why there is none, and does not throw', async () => {
    const broken = { ...modelWith(), parameters: new Map([...parameters].slice(1)) };
    expect(await probePrecisions({ model: broken })).toEqual({ failure: expect.stringContaining('is missing') });
    const unsendable = Object.assign(modelWith(), { notes: () => 'functions do not travel' });
    expect(await probePrecisions({ model: unsendable })).toEqual({
      failure: expect.stringContaining('could not be cloned'),
    });
  });

  it('ends when it is asked to, or after its time', async () => {
    expect(await probePrecisions({ model: modelWith() }, { signal: AbortSignal.abort() })).toHaveProperty('failure');
    expect(await probePrecisions({ model: modelWith() }, { limitMs: 1 })).toEqual({ failure: 'no answer within 1 ms' });
  });
});
