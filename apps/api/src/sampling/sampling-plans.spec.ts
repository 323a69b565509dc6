import { describe, expect, it } from 'vitest';
import { planForModel } from '#ddim';
import { resolveSamplingOptions, SamplingRequest } from '#contract';
import { modelRecord } from './testing/model-record.js';
import { SamplingPlans } from './sampling-plans.js';

const noActions = [
  [
    [0, 0],
    [0, 0],
    [0, 0],
  ],
];
const warmStart = { previousActions: noActions, executedSteps: 1 };
const CHANGES = {
  nothing: {},
  steps: { numInferenceSteps: 5 },
  eta: { eta: 0.5 },
  spacing: { timestepSpacing: 'leading' },
  offset: { timestepSpacing: 'leading', stepsOffset: 1 },
  rule: { prevTimestepRule: 'stride' },
  compat: { compat: 'none' },
  variance: { noiseVariance: 'large', eta: 1 },
  guidance: { guidanceScale: 2 },
  rescale: { guidanceScale: 2, guidanceRescale: 0.5 },
  clip: { clipSample: false },
  range: { clipSampleRange: 2 },
  thresholding: { thresholding: { ratio: 0.9, maxValue: 2 } },
  output: { useClippedModelOutput: true },
  mode: { mode: 'encode', initialActions: noActions },
  start: { initialActions: noActions, startTimestep: 50 },
  strength: { initialActions: noActions, strength: 0.8 },
  warm: { warmStart },
  warmer: { warmStart, strength: 0.9 },
} as const;

const request = (change: object) => SamplingRequest.parse({ model: 'm', observations: [[0, 0]], ...change });

describe('the plan of a request', () => {
  it.each(Object.entries(CHANGES))('is its own among those of others: %s', (_what, change) => {
    const record = modelRecord();
    const plans = new SamplingPlans();
    for (const other of Object.values(CHANGES)) plans.plan(request(other), record);
    expect(plans.plan(request(change), record)).toEqual(new SamplingPlans().plan(request(change), record));
  });

  it('follows the record of its model', () => {
    const plans = new SamplingPlans();
    for (const numInferenceSteps of [10, 20]) {
      const record = modelRecord();
      const changed = { ...record, sampling: { ...record.sampling, numInferenceSteps } };
      expect(plans.plan(request({}), changed).numSteps).toBe(numInferenceSteps);
    }
  });

  it('is found again by requests that differ in what it does not depend on', () => {
    const record = modelRecord();
    const plans = new SamplingPlans();
    const others = { seed: 7, metadata: { robot: 'r' }, supersedeKey: 'k', deadlineMs: 5_000, observations: [[1, 1]] };
    expect(plans.plan(request(others), record)).toBe(plans.plan(request({}), record));
  });

  it('is the same after more plans than are remembered', () => {
    const record = modelRecord();
    const plans = new SamplingPlans();
    const of = (i: number) => request({ eta: i / 1_000 });
    for (let i = 0; i < 1_000; i++) expect(plans.plan(of(i), record).options.eta).toBe(i / 1_000);
    expect(plans.plan(of(0), record).options.eta).toBe(0);
  });

  it('has the options that the request resolves to, and its steps', () => {
    const record = modelRecord();
    const asked = request({ numInferenceSteps: 7, eta: 0.5 });
    const options = resolveSamplingOptions(asked, record.sampling);
    const { timesteps } = planForModel(record, options);
    expect(new SamplingPlans().plan(asked, record)).toMatchObject({ options, numSteps: timesteps.length });
  });

  it('starts in the middle with a warm start alone', () => {
    const record = modelRecord();
    const [whole, warm] = [{}, { warmStart }].map((change) => new SamplingPlans().plan(request(change), record));
    expect([whole?.numSteps, warm?.numSteps]).toEqual([10, 5]);
  });

  it('is refused each time', () => {
    const record = { ...modelRecord(), conditionDropout: 0 };
    const plans = new SamplingPlans();
    for (let i = 0; i < 2; i++)
      expect(() => plans.plan(request({ guidanceScale: 2 }), record)).toThrow(
        expect.objectContaining({ code: 'model_not_guidable' }),
      );
  });
});
