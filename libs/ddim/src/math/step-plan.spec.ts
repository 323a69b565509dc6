import { describe, expect, it } from 'vitest';
import { InputError } from '../errors.js';
import { makeNoiseSchedule, type NoiseScheduleConfig } from './schedule.js';
import { parseWarning } from '../warning.js';
import { planSteps } from './step-plan.js';
import { samplingOptions, type SamplingOptions } from './sampling-options.js';
import type { OutputForm } from './output-form.js';

const config: NoiseScheduleConfig = {
  numTrainTimesteps: 100,
  betaSchedule: 'squaredcos_cap_v2',
  betaStart: 1e-4,
  betaEnd: 0.02,
  rescaleBetasZeroSnr: false,
  setAlphaToOne: true,
};
const schedule = makeNoiseSchedule(config);
const epsilon: OutputForm = { predictionType: 'epsilon', preconditioning: 'none' };
const ofSample: OutputForm = { predictionType: 'sample', preconditioning: 'none' };
const ofV: OutputForm = { predictionType: 'v_prediction', preconditioning: 'none' };
const options = (overrides: Partial<SamplingOptions> = {}) => samplingOptions({ numInferenceSteps: 5, ...overrides });
const codes = (warnings: readonly string[]) => warnings.map((warning) => parseWarning(warning).code);

describe('a sampling plan', () => {
  it('holds labels, levels and coefficients of every step', () => {
    const plan = planSteps(schedule, epsilon, options());
    expect([...plan.timesteps]).toEqual([99, 79, 59, 39, 19]);
    const levels = [99, 79, 79, 59, 59, 39, 39, 19].map((t) => schedule.alphasCumprod[t]);
    expect([...plan.levels]).toEqual([schedule.alphasCumprod[99], ...levels.slice(1), schedule.alphasCumprod[19], 1]);
    expect(plan.coefficients).toHaveLength(40);
    expect(plan).toMatchObject({ direction: 'sample', kind: 'fused', needsNoise: false, warnings: [] });
  });

  it('rounds the coefficients once', () => {
    const plan = planSteps(schedule, epsilon, options({ clipSampleRange: 0.7 }));
    const alphaBar = schedule.alphasCumprod[79];
    expect(plan.coefficients[8]).toBe(Math.fround(1 / Math.sqrt(alphaBar)));
    expect([...plan.coefficients.subarray(14, 16)]).toEqual([-0.7, 0.7].map(Math.fround));
    const open = planSteps(schedule, epsilon, options({ clipSample: false }));
    expect([...open.coefficients.subarray(6, 8)]).toEqual([-3.4028234663852886e38, 3.4028234663852886e38]);
  });

  it('needs noise when eta is above 0', () => {
    const plan = planSteps(schedule, epsilon, options({ eta: 0.5 }));
    expect(plan.needsNoise).toBe(true);
    expect([...plan.noiseFactors].map((factor) => factor > 0)).toEqual([true, true, true, true, false]);
    for (const [i, factor] of plan.noiseFactors.entries())
      expect(plan.coefficients[8 * i + 5]).toBe(Math.fround(factor));
  });

  it.each([
    ['fused', {}],
    ['fused', { guidanceScale: 3 }],
    ['fused', { guidanceScale: 1, guidanceRescale: 0.5 }],
    ['raw', { guidanceScale: 3, guidanceRescale: 0.5 }],
    ['raw', { thresholding: { ratio: 0.995, maxValue: 1 } }],
  ] as const)('is %s with %o', (kind, overrides) => {
    const plan = planSteps(schedule, ofV, options(overrides));
    expect(plan.kind).toBe(kind);
    const isRaw = plan.coefficients.subarray(0, 6).join() === '0,0,0,1,0,0';
    expect(isRaw).toBe(kind === 'raw');
  });

  it('keeps the noise factors of a raw plan', () => {
    const plan = planSteps(schedule, ofV, options({ eta: 1, thresholding: { ratio: 0.9, maxValue: 1 } }));
    expect(plan.needsNoise).toBe(true);
    expect(plan.coefficients[5]).toBe(0);
    expect(plan.noiseFactors[0]).toBeGreaterThan(0);
  });

  it('starts at the first kept entry', () => {
    expect([...planSteps(schedule, epsilon, options({ startTimestep: 60 })).timesteps]).toEqual([59, 39, 19]);
  });

  it('warns of a late start from pure noise, and of no other', () => {
    const leading = { timestepSpacing: 'leading', numInferenceSteps: 51 } as const;
    const { warnings } = planSteps(schedule, epsilon, options(leading));
    expect(codes(warnings)).toEqual(['late_start']);
    expect(warnings[0]).toContain('timestep 50');
    expect(planSteps(schedule, epsilon, options({ ...leading, startTimestep: 50 })).warnings).toEqual([]);
    expect(planSteps(schedule, epsilon, options({ ...leading, numInferenceSteps: 16 })).warnings).toEqual([]);
    expect(planSteps(schedule, epsilon, options({ startTimestep: undefined })).warnings).toEqual([]);
  });
});

describe('a plan of compat edifice', () => {
  it('strides from T-1, ends at its first level and adds no noise', () => {
    const plan = planSteps(schedule, epsilon, options({ numInferenceSteps: 30, eta: 0.5, compat: 'edifice' }));
    expect([...plan.timesteps]).toEqual(Array.from({ length: 34 }, (_, k) => 99 - 3 * k));
    expect([...plan.levels.subarray(66)]).toEqual([schedule.alphasCumprod[0], schedule.alphasCumprod[0]]);
    expect(plan.needsNoise).toBe(false);
  });

  it('shrinks the direction with eta', () => {
    const [still, shrunk] = [0, 1].map((eta) => planSteps(schedule, epsilon, options({ eta, compat: 'edifice' })));
    expect(shrunk.coefficients[3]).toBeLessThan(still.coefficients[3]);
  });

  it('can start in the middle', () => {
    const plan = planSteps(schedule, epsilon, options({ compat: 'edifice', startTimestep: 40 }));
    expect([...plan.timesteps]).toEqual([39, 19]);
  });
});

describe('an encode plan', () => {
  it('walks upwards and is labelled by its targets', () => {
    const plan = planSteps(schedule, epsilon, options(), 'encode');
    expect([...plan.timesteps]).toEqual([19, 39, 59, 79, 99]);
    const levels = [19, 39, 59, 79, 99].map((t) => schedule.alphasCumprod[t]);
    expect([...plan.levels]).toEqual([1, ...levels.slice(0, 4).flatMap((level) => [level, level]), levels[4]]);
    expect(plan.direction).toBe('encode');
  });

  it.each([
    ['sample prediction', ofSample, {}, false],
    ['epsilon with re-derived noise', epsilon, { useClippedModelOutput: true }, true],
    ['epsilon', epsilon, {}, false],
    ['v_prediction', ofV, {}, false],
    ['a skip output', { ...ofSample, preconditioning: 'edm', sigmaData: 1, sigmaSkip: 1 }, {}, false],
  ] as const)('starts at the first level where it would divide by 0: %s', (_, form, overrides, shifted) => {
    const plan = planSteps(schedule, form, options(overrides), 'encode');
    expect(plan.levels[0]).toBe(shifted ? schedule.alphasCumprod[0] : 1);
    expect(plan.coefficients.every(Number.isFinite)).toBe(true);
  });

  it('may end at alphaBar 0 with epsilon prediction', () => {
    const zero = makeNoiseSchedule({ ...config, rescaleBetasZeroSnr: true });
    expect(planSteps(zero, epsilon, options(), 'encode').levels[9]).toBe(0);
  });
});

describe('planSteps', () => {
  const zeroSnr = makeNoiseSchedule({ ...config, rescaleBetasZeroSnr: true });

  it('refuses epsilon prediction at alphaBar 0, and only there', () => {
    expect(() => planSteps(zeroSnr, epsilon, options())).toThrow(
      expect.objectContaining({ code: 'epsilon_at_zero_snr', name: 'InputError' }),
    );
    expect(() => planSteps(zeroSnr, ofV, options())).not.toThrow();
    expect(() => planSteps(zeroSnr, epsilon, options({ timestepSpacing: 'leading' }))).not.toThrow();
  });

  describe('where alphaBar underflows', () => {
    /** Every β legal, and yet ā ends at 1e-81: in float32 1/√ā is infinite. */
    const fading = makeNoiseSchedule({
      ...config,
      numTrainTimesteps: 1_000,
      betaSchedule: 'linear',
      betaStart: 0.02,
      betaEnd: 0.3,
    });

    it.each(['sample', 'encode'] as const)('refuses epsilon prediction: %s', (direction) => {
      const plan = () => planSteps(fading, epsilon, options({ numInferenceSteps: 1_000 }), direction);
      expect(plan).toThrow(expect.objectContaining({ code: 'epsilon_at_zero_snr', field: 'predictionType' }));
    });

    it('plans what does not divide by √ā, with finite numbers only', () => {
      for (const form of [ofV, ofSample])
        expect(planSteps(fading, form, options()).coefficients.every(Number.isFinite)).toBe(true);
    });

    it('plans epsilon prediction that starts where states of 2^20 still have a finite x0', () => {
      const starts = fading.alphasCumprod.findLastIndex((alphaBar) => alphaBar > 1e-60);
      const pairs = [{ timestep: starts, prevTimestep: -1 }];
      const [gain] = planSteps(fading, epsilon, options({ numInferenceSteps: 1, pairs })).coefficients;
      expect(Math.fround(gain * 2 ** 20)).toBeLessThan(Infinity);
    });
  });

  it('warns of epsilon prediction whose errors nothing limits where 1/√ā is above 100', () => {
    const warned = (form: OutputForm, overrides: Partial<SamplingOptions>) =>
      codes(planSteps(schedule, form, options(overrides)).warnings).includes('unlimited_gain');
    expect(warned(epsilon, { clipSample: false })).toBe(true);
    expect(warned(epsilon, { clipSample: true })).toBe(false);
    expect(warned(epsilon, { clipSample: false, thresholding: { ratio: 0.9, maxValue: 1 } })).toBe(false);
    expect(warned(epsilon, { clipSample: false, timestepSpacing: 'leading' })).toBe(false);
    expect(warned(ofV, { clipSample: false })).toBe(false);
  });

  it.each([
    ['numInferenceSteps', { numInferenceSteps: 101 }],
    ['numInferenceSteps', { numInferenceSteps: 101, compat: 'edifice' }],
    ['eta', { eta: -0.1 }],
    ['eta', { eta: 1.1 }],
    ['eta', { eta: Number.NaN }],
    ['eta', { eta: 0.5, noiseVariance: 'large' }],
    ['noiseVariance', { eta: 1, noiseVariance: 'large', compat: 'edifice' }],
    ['clipSampleRange', { clipSampleRange: 0 }],
    ['clipSampleRange', { clipSampleRange: Infinity }],
    ['thresholding.ratio', { thresholding: { ratio: 1.1, maxValue: 1 } }],
    ['thresholding.ratio', { thresholding: { ratio: 0, maxValue: 1 } }],
    ['thresholding.maxValue', { thresholding: { ratio: 0.9, maxValue: 0 } }],
    ['guidanceScale', { guidanceScale: -1 }],
    ['guidanceScale', { guidanceScale: 1e9 }],
    ['guidanceRescale', { guidanceRescale: 2 }],
    ['startTimestep', { startTimestep: 100 }],
  ] as const)('names the option that is out of range or contradicts another: %s', (field, overrides) => {
    const plan = () => planSteps(schedule, epsilon, options(overrides));
    expect(plan).toThrow(InputError);
    expect(plan).toThrow(expect.objectContaining({ code: 'validation_failed', field }));
  });

  it.each([
    ['eta', { eta: 0.5 }],
    ['compat', { compat: 'edifice' }],
  ] as const)('refuses %s for an encode', (field, overrides) => {
    const plan = () => planSteps(schedule, epsilon, options(overrides), 'encode');
    expect(plan).toThrow(expect.objectContaining({ code: 'validation_failed', field }));
  });

  it.each([
    ['predictionType', { predictionType: 'epsilon', preconditioning: 'edm', sigmaData: 1, sigmaSkip: 1 }],
    ['sigmaData', { predictionType: 'sample', preconditioning: 'edm', sigmaSkip: 1 }],
    ['sigmaSkip', { predictionType: 'sample', preconditioning: 'edm', sigmaData: 1, sigmaSkip: 0 }],
  ] as const)('refuses an output form with a wrong %s', (field, form) => {
    expect(() => planSteps(schedule, form, options())).toThrow(expect.objectContaining({ field }));
  });
});
