import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyStep, finishStep, predictX0 } from './step.js';
import { fillNormal } from '../random/noise.js';
import { makeNoiseSchedule, type NoiseScheduleConfig } from './schedule.js';
import { planSteps } from './step-plan.js';
import { samplingOptions, type SamplingOptions } from './sampling-options.js';
import { trainingTarget } from './training-target.js';
import type { OutputForm } from './output-form.js';

const config: NoiseScheduleConfig = {
  numTrainTimesteps: 100,
  betaSchedule: 'linear',
  betaStart: 1e-3,
  betaEnd: 0.1,
  rescaleBetasZeroSnr: false,
  setAlphaToOne: true,
};
const schedule = makeNoiseSchedule(config);
const forms: readonly OutputForm[] = [
  { predictionType: 'epsilon', preconditioning: 'none' },
  { predictionType: 'sample', preconditioning: 'none' },
  { predictionType: 'v_prediction', preconditioning: 'none' },
  { predictionType: 'sample', preconditioning: 'edm', sigmaData: 0.4, sigmaSkip: 0.05 },
];
const D = 9;
const normal = (row: number, purpose = 200) => {
  const out = new Float32Array(D);
  fillNormal(out, { seed: 8, row, purpose }, 0);
  return out;
};
const f32 = (value: number) => Float32Array.of(value)[0];
const planOf = (form: OutputForm, overrides: Partial<SamplingOptions>) =>
  planSteps(schedule, form, samplingOptions({ numInferenceSteps: 4, ...overrides }));
const maxDifference = (left: Float32Array, right: Float32Array) =>
  Math.max(...left.map((value, i) => Math.abs(value - right[i])));

describe('applyStep', () => {
  it.each(forms)('agrees with the direct form, clipping included: $predictionType $preconditioning', (form) => {
    for (const useClippedModelOutput of [false, true]) {
      const plan = planOf(form, { eta: 0.7, useClippedModelOutput });
      for (let step = 0; step < 4; step++) {
        const [x, F, z] = [normal(step), normal(step + 10).map((value) => 3 * value), normal(step + 20)];
        const [fused, direct] = [new Float32Array(D), new Float32Array(D)];
        applyStep(plan, step, x, F, z, fused);
        finishStep(plan, step, x, F, null, z, direct);
        expect(maxDifference(fused, direct)).toBeLessThan(2e-5);
      }
    }
  });

  it('is the float32 arithmetic of a backend, operation by operation', () => {
    const plan = planOf(forms[2], { eta: 1 });
    const [a, b, c, d, e, s, lo, hi] = plan.coefficients;
    const [x, F, z] = [normal(1), normal(2), normal(3)];
    const out = new Float32Array(D);
    applyStep(plan, 0, x, F, z, out);
    for (let i = 0; i < D; i++) {
      const x0 = Math.min(Math.max(f32(f32(a * x[i]) + f32(b * F[i])), lo), hi);
      expect(out[i]).toBe(f32(f32(f32(f32(c * x0) + f32(d * F[i])) + f32(e * x[i])) + f32(s * z[i])));
    }
  });

  it('may write over its input and never yields -0', () => {
    const plan = planOf(forms[0], {});
    const [x, F] = [normal(1), normal(2)];
    const out = new Float32Array(D);
    applyStep(plan, 1, x, F, null, out);
    applyStep(plan, 1, x, F, null, x);
    expect(x).toEqual(out);
    const zero = new Float32Array(1).fill(-0);
    applyStep(plan, 1, zero, Float32Array.of(0), null, zero);
    expect(Object.is(zero[0], 0)).toBe(true);
  });

  it('never reads z when eta is 0, and insists on it otherwise', () => {
    const poison = new Float32Array(D).fill(Number.NaN);
    const out = new Float32Array(D);
    for (const run of [
      () => applyStep(planOf(forms[0], {}), 0, normal(1), normal(2), poison, out),
      () => finishStep(planOf(forms[0], {}), 0, normal(1), normal(2), null, poison, out),
    ]) {
      run();
      expect(out.every(Number.isFinite)).toBe(true);
    }
    expect(() => applyStep(planOf(forms[0], { eta: 1 }), 0, normal(1), normal(2), null, out)).toThrow(TypeError);
  });
});

describe('finishStep', () => {
  it.each(forms)(
    'takes a perfect prediction to P x0 + √(1-ā_p) ε on any jump: $predictionType $preconditioning',
    (form) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 99 }),
          fc.integer({ min: -1, max: 99 }),
          fc.boolean(),
          (t, lower, rederive) => {
            const pair = { timestep: t, prevTimestep: Math.min(lower, t) };
            const plan = planOf(form, {
              numInferenceSteps: 1,
              pairs: [pair],
              useClippedModelOutput: rederive,
              clipSampleRange: 9,
            });
            const [alphaBar, prevAlphaBar] = plan.levels;
            const [x0, eps, F] = [normal(t).map(Math.tanh), normal(t, 201), new Float32Array(D)];
            trainingTarget(form, alphaBar, x0, eps, F);
            const x = x0.map((value, i) => Math.sqrt(alphaBar) * value + Math.sqrt(1 - alphaBar) * eps[i]);
            const expected = x0.map(
              (value, i) => Math.sqrt(prevAlphaBar) * value + Math.sqrt(1 - prevAlphaBar) * eps[i],
            );
            const out = new Float32Array(D);
            finishStep(plan, 0, x, F, null, null, out);
            // ε read from x loses digits where B is small; float32 inputs carry 1e-7.
            expect(maxDifference(out, expected)).toBeLessThan(2e-5 / Math.sqrt(1 - alphaBar));
          },
        ),
        { numRuns: 300, seed: 4 },
      );
    },
  );

  it('thresholds by the quantile of the row, which wins over clipping', () => {
    const plan = planOf(forms[1], { thresholding: { ratio: 0.5, maxValue: 10 }, clipSampleRange: 0.1 });
    const F = Float32Array.of(0.5, -1, 2, -4, 8);
    const out = new Float32Array(5);
    predictX0(plan, 0, new Float32Array(5), F, null, out);
    expect([...out]).toEqual([0.25, -0.5, 1, -1, 1]);
  });

  it.each([
    [1, [0.5, -1, 1, -1, 1]],
    [0.5, [1, -1, 1, -1, 1]],
  ])('thresholds at maxValue %d at most', (maxValue, expected) => {
    const plan = planOf(forms[1], { thresholding: { ratio: 1, maxValue } });
    const out = new Float32Array(5);
    predictX0(plan, 0, new Float32Array(5), Float32Array.of(0.5, -1, 2, -4, 8), null, out);
    expect([...out]).toEqual(expected);
  });

  it('leaves a row within [-1, 1] as it is when thresholding', () => {
    const plan = planOf(forms[1], { thresholding: { ratio: 0.5, maxValue: 10 } });
    const F = Float32Array.of(0.5, -0.25, 0.125);
    const out = new Float32Array(3);
    predictX0(plan, 0, new Float32Array(3), F, null, out);
    expect(out).toEqual(F);
  });

  it('interpolates the quantile linearly, and re-derives ε from the thresholded x0', () => {
    const plan = planOf(forms[1], { thresholding: { ratio: 0.875, maxValue: 10 }, useClippedModelOutput: true });
    const [F, x] = [Float32Array.of(0.5, -1, 2, -4, 8), Float32Array.of(1, 1, 1, 1, 1)];
    const out = new Float32Array(5);
    finishStep(plan, 1, x, F, null, null, out);
    const [alphaBar, prevAlphaBar] = plan.levels.subarray(2);
    const quantile = 4 + 0.5 * (8 - 4); // position 3.5 of 0.5 1 2 4 8
    for (const [i, value] of F.entries()) {
      const x0 = Math.min(Math.max(value, -quantile), quantile) / quantile;
      const eps = (1 - Math.sqrt(alphaBar) * x0) / Math.sqrt(1 - alphaBar);
      expect(out[i]).toBeCloseTo(Math.sqrt(prevAlphaBar) * x0 + Math.sqrt(1 - prevAlphaBar) * eps, 5);
    }
  });

  it('guides by combining the outputs, which equals combining ε for every form', () => {
    const w = 2.5;
    for (const form of forms) {
      const plan = planOf(form, { guidanceScale: w, clipSample: false });
      const [x, F, nullF] = [normal(1), normal(2), normal(3)];
      const out = [0, 1, 2].map(() => new Float32Array(D));
      finishStep(plan, 2, x, F, nullF, null, out[0]);
      finishStep(plan, 2, x, F, null, null, out[1]);
      finishStep(plan, 2, x, nullF, null, null, out[2]);
      const expected = out[1].map((value, i) => out[2][i] + w * (value - out[2][i]));
      expect(maxDifference(out[0], expected)).toBeLessThan(2e-5);
    }
  });
});
