import { describe, expect, it } from 'vitest';
import { InputError } from '../errors.js';
import { makeNoiseSchedule, type NoiseSchedule, type NoiseScheduleConfig } from './schedule.js';

const linear: NoiseScheduleConfig = {
  numTrainTimesteps: 1000,
  betaSchedule: 'linear',
  betaStart: 1e-4,
  betaEnd: 0.02,
  rescaleBetasZeroSnr: false,
  setAlphaToOne: true,
};

describe('a noise schedule', () => {
  it.each([
    ['linear', 1e-4, 0.02],
    ['scaled_linear', 1e-4, 0.02],
    ['squaredcos_cap_v2', 1 - cosine(1 / 1000) / cosine(0), 0.999],
  ] as const)('goes from the first to the last beta: %s', (betaSchedule, first, last) => {
    const { betas } = makeNoiseSchedule({ ...linear, betaSchedule });
    expect(betas[0]).toBeCloseTo(first, 14);
    expect(betas[999]).toBeCloseTo(last, 14);
    expect([...betas].every((beta, t) => t === 0 || beta >= betas[t - 1])).toBe(true);
  });

  it('is straight in the square root when scaled_linear', () => {
    const { betas } = makeNoiseSchedule({ ...linear, numTrainTimesteps: 3, betaSchedule: 'scaled_linear' });
    expect(Math.sqrt(betas[1])).toBeCloseTo((Math.sqrt(1e-4) + Math.sqrt(0.02)) / 2, 14);
  });

  it('telescopes to f((t+1)/T) / f(0) for the squared cosine, before the cap', () => {
    const { alphasCumprod } = makeNoiseSchedule({ ...linear, betaSchedule: 'squaredcos_cap_v2' });
    for (const t of [0, 1, 500, 900]) expect(alphasCumprod[t]).toBeCloseTo(cosine((t + 1) / 1000) / cosine(0), 12);
  });

  it('has the mean signal levels that make v prediction of wide models hard', () => {
    expect(meanSignal(makeNoiseSchedule(linear))).toBeCloseTo(0.28, 2);
    const cosine100 = { ...linear, numTrainTimesteps: 100, betaSchedule: 'squaredcos_cap_v2' } as const;
    expect(meanSignal(makeNoiseSchedule(cosine100))).toBeCloseTo(0.49, 2);
  });

  it('ends at 1 or at its own first level', () => {
    expect(makeNoiseSchedule(linear).finalAlphaCumprod).toBe(1);
    const own = makeNoiseSchedule({ ...linear, setAlphaToOne: false });
    expect(own.finalAlphaCumprod).toBe(own.alphasCumprod[0]);
  });

  it('takes trained betas instead of a formula', () => {
    const trained = makeNoiseSchedule({ ...linear, numTrainTimesteps: 3, trainedBetas: [0.1, 0.2, 0.5] });
    expect([...trained.betas]).toEqual([0.1, 0.2, 0.5]);
    expect(trained.alphasCumprod[2]).toBeCloseTo(0.9 * 0.8 * 0.5, 15);
  });

  it('reaches exactly 0 and keeps its first level when rescaled to zero SNR', () => {
    const plain = makeNoiseSchedule(linear);
    const rescaled = makeNoiseSchedule({ ...linear, rescaleBetasZeroSnr: true });
    expect(rescaled.alphasCumprod[999]).toBe(0);
    expect(rescaled.alphasCumprod[0]).toBe(plain.alphasCumprod[0]);
    expect(rescaled.betas[999]).toBe(1);
    expect(rescaled.betas[0]).toBeCloseTo(plain.betas[0], 12);
    let product = 1;
    for (const [t, beta] of rescaled.betas.entries()) {
      product *= 1 - beta;
      expect(product).toBeCloseTo(rescaled.alphasCumprod[t], 12);
    }
    const steps = [1, 500].map((t) => Math.sqrt(rescaled.alphasCumprod[t]));
    const [r0, rLast] = [0, 999].map((t) => Math.sqrt(plain.alphasCumprod[t]));
    const expected = [1, 500].map((t) => ((Math.sqrt(plain.alphasCumprod[t]) - rLast) * r0) / (r0 - rLast));
    for (const i of [0, 1]) expect(steps[i]).toBeCloseTo(expected[i], 14);
  });

  it.each([
    ['numTrainTimesteps', { numTrainTimesteps: 1 }],
    ['numTrainTimesteps', { numTrainTimesteps: 10.5 }],
    ['betaStart', { betaStart: 0 }],
    ['betaStart', { betaStart: Number.NaN }],
    ['betaEnd', { betaEnd: 1 }],
    ['betaEnd', { betaStart: 0.03 }],
    ['betas', { betaStart: 1e-18 }],
    ['trainedBetas', { trainedBetas: [0.1] }],
    ['trainedBetas[1]', { numTrainTimesteps: 2, trainedBetas: [0.1, 1] }],
  ] as const)('is refused with the name of the field at fault: %s', (field, change) => {
    const make = () => makeNoiseSchedule({ ...linear, ...change });
    expect(make).toThrow(InputError);
    expect(make).toThrow(expect.objectContaining({ code: 'validation_failed', field }));
  });
});

function meanSignal({ alphasCumprod }: NoiseSchedule): number {
  return alphasCumprod.reduce((sum, alphaBar) => sum + alphaBar, 0) / alphasCumprod.length;
}

function cosine(u: number): number {
  return Math.cos((Math.PI / 2) * ((u + 0.008) / 1.008)) ** 2;
}
