import { describe, expect, it } from 'vitest';
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

describe('measurePrecisions', { timeout: 60_000 }, () => {
  it('finds a small deviation that is the same every time', async () => {
    const reports = await measure(modelWith());
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
    expect(await measure(modelWith(), observations)).not.toEqual(await measure(modelWith()));
  });

  it.each([
    ['a plan that the thread finishes itself', { thresholding: { ratio: 0.9, maxValue: 1.5 } }],
    ['a plan that draws noise', { eta: 1 }],
  ])('measures %s', async (_, options) => {
    const { int8, bf16 } = await measure(modelWith(options));
    expect(Math.max(int8.relativeRms, bf16.relativeRms)).toBeLessThan(5e-2);
  });
});

describe('probePrecisions', { timeout: 60_000 }, () => {
  it('gives the report of a process of its own', async () => {
    expect(await probePrecisions({ model: modelWith() })).toEqual(await measure(modelWith()));
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
