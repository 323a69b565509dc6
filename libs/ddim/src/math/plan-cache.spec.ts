import { describe, expect, it } from 'vitest';
import { makeNoiseSchedule, type NoiseScheduleConfig } from './schedule.js';
import { planSteps } from './step-plan.js';
import { samplingOptions, type SamplingOptions } from './sampling-options.js';
import type { Direction } from '../vocabulary.js';
import type { OutputForm } from './output-form.js';
import { PlanCache } from './plan-cache.js';

const schedule: NoiseScheduleConfig = {
  numTrainTimesteps: 100,
  betaSchedule: 'squaredcos_cap_v2',
  betaStart: 1e-4,
  betaEnd: 0.02,
  rescaleBetasZeroSnr: false,
  setAlphaToOne: true,
};
const form: OutputForm = { predictionType: 'sample', preconditioning: 'none' };
const edm: OutputForm = { predictionType: 'sample', preconditioning: 'edm', sigmaData: 0.5, sigmaSkip: 0.5 };
const clipped = samplingOptions({ numInferenceSteps: 10 });
interface Wanted {
  readonly schedule: NoiseScheduleConfig;
  readonly form: OutputForm;
  readonly options: SamplingOptions;
  readonly direction: Direction;
}

const base: Wanted = {
  schedule,
  form,
  options: samplingOptions({ ...clipped, clipSample: false }),
  direction: 'sample',
};

const optionChanges: ReadonlyArray<Partial<SamplingOptions>> = [
  { numInferenceSteps: 11 },
  { timestepSpacing: 'leading' },
  { timestepSpacing: 'leading', stepsOffset: 1 },
  { prevTimestepRule: 'stride' },
  { startTimestep: 50 },
  { compat: 'edifice' },
  { pairs: [{ timestep: 80, prevTimestep: -1 }], numInferenceSteps: 1 },
  { pairs: [{ timestep: 80, prevTimestep: 0 }], numInferenceSteps: 1 },
  { eta: 0.5 },
  { eta: 1 },
  { eta: 1, noiseVariance: 'large' },
  { clipSample: true },
  { clipSample: true, clipSampleRange: 2 },
  { thresholding: { ratio: 0.9, maxValue: 1 } },
  { thresholding: { ratio: 0.9, maxValue: 2 } },
  { thresholding: { ratio: 0.8, maxValue: 1 } },
  { clipSample: true, useClippedModelOutput: true },
  { guidanceScale: 2 },
  { guidanceScale: 2, guidanceRescale: 0.5 },
];
const different: readonly Wanted[] = [
  {},
  ...optionChanges.map((change) => ({ options: { ...base.options, ...change } })),
  { direction: 'encode' as const },
  { schedule: { ...schedule, betaSchedule: 'linear' as const } },
  { schedule: { ...schedule, betaSchedule: 'linear' as const, betaEnd: 0.03 } },
  { schedule: { ...schedule, numTrainTimesteps: 99 } },
  { schedule: { ...schedule, setAlphaToOne: false } },
  { schedule: { ...schedule, rescaleBetasZeroSnr: true } },
  { schedule: { ...schedule, trainedBetas: Array.from({ length: 100 }, () => 0.01) } },
  { form: { ...form, predictionType: 'v_prediction' as const } },
  { form: edm },
  { form: { ...edm, sigmaData: 0.6 } },
  { form: { ...edm, sigmaSkip: 0.6 } },
].map((change) => ({ ...base, ...change }));

function planIn(cache: PlanCache, { schedule: config, form: output, options, direction }: Wanted) {
  return cache.plan(config, output, options, direction);
}

describe('a cache of plans', () => {
  it('gives one plan to all who want the same, whatever objects say so', () => {
    const cache = new PlanCache(2 ** 20);
    const plans = [1, 2].map(() => planIn(cache, structuredClone(base)));
    expect(plans[1]).toBe(plans[0]);
    expect(planIn(cache, { ...base, form: Object.assign({ obsSize: 3 }, form) })).toBe(plans[0]);
  });

  it('distinguishes whatever changes a plan', () => {
    const cache = new PlanCache(2 ** 20);
    const plans = [1, 2].map(() => different.map((wanted) => planIn(cache, wanted)));
    for (const [i, wanted] of different.entries()) {
      expect(plans[1][i]).toBe(plans[0][i]);
      expect(plans[0][i]).toEqual(
        planSteps(makeNoiseSchedule(wanted.schedule), wanted.form, wanted.options, wanted.direction),
      );
    }
    expect(new Set(plans[0]).size).toBe(different.length);
  });

  it('gives nobody the plan of another schedule, however little it can remember', () => {
    const cache = new PlanCache(200);
    const schedules = [0.01, 0.02, 0.03].map((betaEnd) => ({ ...base.schedule, betaEnd }));
    for (const config of [...schedules, ...structuredClone(schedules)])
      expect(planIn(cache, { ...base, schedule: config })).toEqual(
        planSteps(makeNoiseSchedule(config), base.form, base.options, base.direction),
      );
  });

  it('forgets the plan that was not wanted for longest when its memory is full', () => {
    const cache = new PlanCache(2 * bytesOf(10));
    const withEta = (eta: number) => planIn(cache, { ...base, options: { ...clipped, eta } });
    const [first, second] = [withEta(0.1), withEta(0.2)];
    expect(withEta(0.1)).toBe(first);
    withEta(0.3);
    expect(withEta(0.1)).toBe(first);
    expect(withEta(0.2)).not.toBe(second);
  });

  it('keeps long plans only as far as its memory goes', () => {
    const cache = new PlanCache(2 * bytesOf(10));
    const short = planIn(cache, base);
    const long = { ...base, options: { ...clipped, numInferenceSteps: 100 } };
    expect(planIn(cache, long)).not.toBe(planIn(cache, long));
    expect(planIn(cache, base)).not.toBe(short);
  });

  it('refuses what cannot be planned each time it is asked', () => {
    const cache = new PlanCache(2 ** 20);
    for (const _ of [1, 2])
      expect(() => planIn(cache, { ...base, options: { ...clipped, eta: 2 } })).toThrow(
        expect.objectContaining({ code: 'validation_failed' }),
      );
  });
});

/** Of a plan's arrays, and about what its options and its key take. */
function bytesOf(numSteps: number): number {
  return 1_700 + numSteps * 60;
}
