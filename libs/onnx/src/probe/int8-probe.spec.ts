import { describe, expect, it } from 'vitest';
import { initialParameters, samplingOptions, type DdimModel, type SamplingOptions } from '#ddim';
import { measureInt8 } from '#engine';
import { onnxBackendModule } from '../backend-modules.js';
import { probeInt8 } from './int8-probe.js';
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
  measureInt8({ model, observations, backendModule: onnxBackendModule });

describe('measureInt8', { timeout: 60_000 }, () => {
  it('finds a small deviation that is the same every time', async () => {
    const report = await measure(modelWith());
    expect(report).toMatchObject({ rows: 128, numInferenceSteps: 5, modeChangeRatio: 0 });
    expect(report.relativeRms).toBeGreaterThan(1e-4);
    expect(report.relativeRms).toBeLessThan(5e-2);
    expect(report.largestDifference).toBeGreaterThan(0);
    expect(await measure(modelWith())).toEqual(report);
  });

  it('samples the observations that it is given', async () => {
    const observations = new Float32Array(config.obsSize).fill(0.25);
    expect(await measure(modelWith(), observations)).not.toEqual(await measure(modelWith()));
  });

  it.each([
    ['a plan that the thread finishes itself', { thresholding: { ratio: 0.9, maxValue: 1.5 } }],
    ['a plan that draws noise', { eta: 1 }],
  ])('measures %s', async (_, options) => {
    expect((await measure(modelWith(options))).relativeRms).toBeLessThan(5e-2);
  });
});

describe('probeInt8', { timeout: 60_000 }, () => {
  it('gives the report of a process of its own', async () => {
    expect(await probeInt8({ model: modelWith() })).toEqual(await measure(modelWith()));
  });

  it('says why there is none, and does not throw', async () => {
    const broken = { ...modelWith(), parameters: new Map([...parameters].slice(1)) };
    expect(await probeInt8({ model: broken })).toEqual({ failure: expect.stringContaining('is missing') });
    const unsendable = Object.assign(modelWith(), { notes: () => 'functions do not travel' });
    expect(await probeInt8({ model: unsendable })).toEqual({ failure: expect.stringContaining('could not be cloned') });
  });

  it('ends when it is asked to, or after its time', async () => {
    expect(await probeInt8({ model: modelWith() }, { signal: AbortSignal.abort() })).toHaveProperty('failure');
    expect(await probeInt8({ model: modelWith() }, { limitMs: 1 })).toEqual({ failure: 'no answer within 1 ms' });
  });
});
