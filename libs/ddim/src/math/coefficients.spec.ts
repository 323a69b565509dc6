import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noiseFactor, stepCoefficients, stepScalars, type LevelStep } from './coefficients.js';
import { samplingOptions, type SamplingOptions } from './sampling-options.js';
import type { OutputForm } from './output-form.js';
import { FINAL_TIMESTEP } from './timesteps.js';

const forms: readonly OutputForm[] = [
  { predictionType: 'epsilon', preconditioning: 'none' },
  { predictionType: 'sample', preconditioning: 'none' },
  { predictionType: 'v_prediction', preconditioning: 'none' },
  { predictionType: 'sample', preconditioning: 'edm', sigmaData: 0.42, sigmaSkip: 0.3 },
];

/** x' for one element in the direct form, from the definitions alone: eps is always read as (x - A x0)/B. */
function directStep(form: OutputForm, level: LevelStep, options: SamplingOptions, x: number, F: number, z: number) {
  const { alphaBar, prevAlphaBar, prevTimestep } = level;
  const [A, B] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
  const raw = readX0(form, alphaBar, x, F);
  const range = options.clipSample ? options.clipSampleRange : Infinity;
  const x0 = Math.min(Math.max(raw, -range), range);
  const rawEps = form.predictionType === 'epsilon' ? F : (x - A * raw) / B;
  const eps = options.useClippedModelOutput ? (x - A * x0) / B : rawEps;
  const share = prevAlphaBar > alphaBar ? 1 - alphaBar / prevAlphaBar : 0;
  const sigma = options.eta * Math.sqrt(((1 - prevAlphaBar) / (1 - alphaBar)) * share);
  const large = prevTimestep === FINAL_TIMESTEP ? 0 : Math.sqrt(share);
  const k = Math.sqrt(Math.max(1 - prevAlphaBar - sigma * sigma, 0));
  return Math.sqrt(prevAlphaBar) * x0 + k * eps + (options.noiseVariance === 'large' ? large : sigma) * z;
}

function readX0(form: OutputForm, alphaBar: number, x: number, F: number): number {
  const [A, B] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
  if (form.preconditioning === 'edm') {
    const { sigmaData = 1, sigmaSkip = 1 } = form;
    const q = alphaBar * sigmaSkip ** 2 + 1 - alphaBar;
    const scale = Math.sqrt((1 - alphaBar) * ((1 - alphaBar) * sigmaData ** 2 + alphaBar * sigmaSkip ** 4)) / q;
    return ((sigmaSkip ** 2 * A) / q) * x + scale * F;
  }
  if (form.predictionType === 'sample') return F;
  return form.predictionType === 'epsilon' ? (x - B * F) / A : A * x - B * F;
}

/** What a backend does with the eight numbers, in float64. */
function applyCoefficients([a, b, c, d, e, s, lo, hi]: readonly number[], x: number, F: number, z: number): number {
  const x0 = Math.min(Math.max(a * x + b * F, lo), hi);
  return c * x0 + d * F + e * x + s * z;
}

const wide = fc.double({ min: -5, max: 5, noNaN: true });
const anyOptions = fc.record({
  eta: fc.constantFrom(0, 0.3, 1),
  useClippedModelOutput: fc.boolean(),
  clipSample: fc.boolean(),
  clipSampleRange: fc.constantFrom(0.5, 1),
  noiseVariance: fc.constantFrom('ddim', 'large'),
});

describe('stepCoefficients', () => {
  it.each(forms)('equals the direct form to 1e-12 for $predictionType, $preconditioning', (form) => {
    const level = fc.record({
      alphaBar: fc.double({ min: 0.02, max: 0.98, noNaN: true }),
      prevAlphaBar: fc.oneof(fc.double({ min: 0.02, max: 1, noNaN: true }), fc.constant(1), fc.constant(0)),
      prevTimestep: fc.constantFrom(FINAL_TIMESTEP, 3),
    });
    fc.assert(
      fc.property(level, anyOptions, wide, wide, wide, (levels, chosen, x, F, z) => {
        const at = { ...levels, labelAlphaBar: levels.alphaBar };
        const options = samplingOptions({
          numInferenceSteps: 1,
          ...chosen,
          noiseVariance: chosen.eta === 1 ? chosen.noiseVariance : 'ddim',
        });
        const expected = directStep(form, at, options, x, F, z);
        const actual = applyCoefficients(stepCoefficients(form, at, options), x, F, z);
        expect(Math.abs(actual - expected)).toBeLessThan(1e-12 * Math.max(1, Math.abs(expected)));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it.each(forms.slice(1))('has a finite limit at alphaBar 0 for $predictionType, $preconditioning', (form) => {
    const at = { alphaBar: 0, labelAlphaBar: 0, prevAlphaBar: 0.3, prevTimestep: 5 };
    const options = samplingOptions({ numInferenceSteps: 1 });
    for (const [x, F] of [
      [3, 2],
      [-0.4, 0.3],
    ]) {
      const actual = applyCoefficients(stepCoefficients(form, at, options), x, F, 0);
      expect(actual).toBeCloseTo(directStep(form, at, options, x, F, 0), 12);
    }
  });

  it.each([
    ['epsilon', forms[0], 1],
    ['v_prediction', forms[2], 1],
    ['a skip output', forms[3], -1],
  ] as const)('leaves alphaBar 1 as x0 = x and ±F the noise: %s', (_, form, sign) => {
    const at = { alphaBar: 1, labelAlphaBar: 1, prevAlphaBar: 0.36, prevTimestep: 5 };
    const options = samplingOptions({ numInferenceSteps: 1, clipSample: false });
    const coefficients = stepCoefficients(form, at, options);
    expect(coefficients.slice(0, 6).map((value) => Number(value.toFixed(12)) + 0)).toEqual([
      1,
      0,
      0.6,
      sign * 0.8,
      0,
      0,
    ]);
  });

  it('changes nothing on a step to the same level', () => {
    const at = { alphaBar: 0.5, labelAlphaBar: 0.5, prevAlphaBar: 0.5, prevTimestep: 5 };
    for (const form of forms) {
      const options = samplingOptions({ numInferenceSteps: 1, eta: 1, clipSample: false });
      expect(applyCoefficients(stepCoefficients(form, at, options), 0.7, -1.3, 99)).toBeCloseTo(0.7, 12);
    }
  });

  it('is the DDPM posterior at eta 1', () => {
    const [alphaBar, prevAlphaBar] = [0.5, 0.6];
    const alpha = alphaBar / prevAlphaBar;
    const options = samplingOptions({ numInferenceSteps: 1, eta: 1, clipSample: false });
    const at = { alphaBar, labelAlphaBar: alphaBar, prevAlphaBar, prevTimestep: 5 };
    const [, , c, d, e, s] = stepCoefficients(forms[1], at, options);
    expect(c + d).toBeCloseTo((Math.sqrt(prevAlphaBar) * (1 - alpha)) / (1 - alphaBar), 12);
    expect(e).toBeCloseTo((Math.sqrt(alpha) * (1 - prevAlphaBar)) / (1 - alphaBar), 12);
    expect(s ** 2).toBeCloseTo(((1 - prevAlphaBar) / (1 - alphaBar)) * (1 - alpha), 12);
  });

  it.each(['ddim', 'large'] as const)('is DDPM where x0 is clipped only if ε is derived again: %s', (noiseVariance) => {
    const [alphaBar, prevAlphaBar, x, F] = [0.5, 0.6, 2, -1];
    const alpha = alphaBar / prevAlphaBar;
    const clipped = 1; // (x - B F)/A is 3
    // arXiv:2006.11239, eq. 7: the mean of the posterior
    const mean =
      (Math.sqrt(prevAlphaBar) * (1 - alpha) * clipped + Math.sqrt(alpha) * (1 - prevAlphaBar) * x) / (1 - alphaBar);
    const step = (useClippedModelOutput: boolean) => {
      const options = samplingOptions({ numInferenceSteps: 1, eta: 1, noiseVariance, useClippedModelOutput });
      const at = { alphaBar, labelAlphaBar: alphaBar, prevAlphaBar, prevTimestep: 5 };
      return applyCoefficients(stepCoefficients(forms[0], at, options), x, F, 0);
    };
    expect(step(true)).toBeCloseTo(mean, 12);
    expect(Math.abs(step(false) - mean)).toBeGreaterThan(0.2);
  });
});

describe('the noise of a step', () => {
  const at = { alphaBar: 0.5, labelAlphaBar: 0.5, prevAlphaBar: 0.8, prevTimestep: 5 };
  const factor = (options: Partial<SamplingOptions>, level: LevelStep = at) =>
    noiseFactor(level, samplingOptions({ numInferenceSteps: 1, ...options }));

  it('is sigma, or sigma-hat when the variance is large, but 0 at the end and in Edifice mode', () => {
    expect(factor({ eta: 0 })).toBe(0);
    expect(factor({ eta: 0.5 })).toBeCloseTo(0.5 * Math.sqrt((0.2 / 0.5) * (1 - 0.5 / 0.8)), 14);
    expect(factor({ eta: 1, noiseVariance: 'large' })).toBeCloseTo(Math.sqrt(1 - 0.5 / 0.8), 14);
    expect(factor({ eta: 1, noiseVariance: 'large' }, { ...at, prevTimestep: FINAL_TIMESTEP })).toBe(0);
    expect(
      factor({ eta: 1 }, { alphaBar: 0.5, labelAlphaBar: 0.5, prevAlphaBar: 1, prevTimestep: FINAL_TIMESTEP }),
    ).toBe(0);
    expect(factor({ eta: 1, compat: 'edifice' })).toBe(0);
  });

  it("has Edifice's 1e-8 in its denominator in Edifice mode only", () => {
    const [alphaBar, prevAlphaBar] = [1 - 2e-8, 1 - 1e-8];
    const k = (compat?: 'edifice') => stepScalars(alphaBar, prevAlphaBar, { eta: 1, compat }).k;
    expect(k() ** 2 / 1e-8).toBeCloseTo(1 - 1 / 2, 6);
    expect(k('edifice') ** 2 / 1e-8).toBeCloseTo(1 - 1e-8 / 3e-8, 6);
  });
});
