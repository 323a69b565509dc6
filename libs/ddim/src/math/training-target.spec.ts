import { describe, expect, it } from 'vitest';
import { fillNormal } from '../random/noise.js';
import { LOSS_WEIGHTS, trainingTarget } from './training-target.js';
import { type OutputForm, readOutput } from './output-form.js';

const alphaBar = 0.64;
const normal = (length: number, row: number) => {
  const out = new Float32Array(length);
  fillNormal(out, { seed: 9, row, purpose: 200 }, 0);
  return out;
};
const targetOf = (form: OutputForm, level: number, x0: Float32Array, eps: Float32Array) => {
  const out = new Float32Array(x0.length);
  trainingTarget(form, level, x0, eps, out);
  return out;
};

const skip = (sigmaData: number, sigmaSkip: number): OutputForm => ({
  predictionType: 'sample',
  preconditioning: 'edm',
  sigmaData,
  sigmaSkip,
});

describe('trainingTarget', () => {
  const [x0, eps] = [Float32Array.of(1, 0.5), Float32Array.of(-1, 2)];

  it.each([
    ['epsilon', [-1, 2]],
    ['sample', [1, 0.5]],
    ['v_prediction', [0.8 * -1 - 0.6, 0.8 * 2 - 0.6 * 0.5]],
  ] as const)('is the predicted quantity: %s', (predictionType, expected) => {
    const target = targetOf({ predictionType, preconditioning: 'none' }, alphaBar, x0, eps);
    for (const [i, value] of target.entries()) expect(value).toBeCloseTo(expected[i], 6);
  });

  it('of a skip output has unit variance for data of the stated deviation, at every level', () => {
    const n = 100_000;
    const noise = normal(n, 2);
    for (const level of [0.999, 0.5, 0.01]) {
      const target = targetOf(
        skip(0.4, 0.05),
        level,
        normal(n, 1).map((value) => 0.4 * value),
        noise,
      );
      const variance = target.reduce((sum, value) => sum + value ** 2, 0) / n;
      expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    }
  });

  it('of a skip output is -v for unit deviations, and x0 over its deviation when the skip vanishes', () => {
    const v = targetOf({ predictionType: 'v_prediction', preconditioning: 'none' }, alphaBar, x0, eps);
    for (const [i, value] of targetOf(skip(1, 1), alphaBar, x0, eps).entries()) expect(value).toBeCloseTo(-v[i], 6);
    for (const [i, value] of targetOf(skip(0.4, 1e-9), alphaBar, x0, eps).entries())
      expect(value).toBeCloseTo(x0[i] / 0.4, 6);
  });

  it('is what readOutput turns back into x0 and ε', () => {
    for (const form of [skip(0.4, 0.3), { predictionType: 'v_prediction', preconditioning: 'none' } as const]) {
      const F = targetOf(form, alphaBar, x0, eps);
      const reading = readOutput(form, alphaBar);
      for (const i of [0, 1]) {
        const x = 0.8 * x0[i] + 0.6 * eps[i];
        expect(reading.x0(x, F[i])).toBeCloseTo(x0[i], 5);
        expect(reading.eps(x, F[i])).toBeCloseTo(eps[i], 5);
      }
    }
  });
});

describe('the min_snr weight', () => {
  it.each([
    ['epsilon', 0.9, 5 / 9],
    ['epsilon', 0.5, 1],
    ['epsilon', 0, 1],
    ['sample', 0.9, 5],
    ['sample', 0.5, 1],
    ['v_prediction', 0.9, 0.5],
    ['v_prediction', 0.5, 0.5],
  ] as const)('weighs %s at ā = %d', (predictionType, level, weight) => {
    expect(LOSS_WEIGHTS.min_snr(predictionType, level)).toBeCloseTo(weight, 12);
  });
});
