import { describe, expect, it } from 'vitest';
import { combineGuidance } from './guidance.js';

const F = Float32Array.of(1, 2, 3, 4);
const nullF = Float32Array.of(0, 1, 1, -2);
const combine = (guidanceScale: number, guidanceRescale = 0) =>
  combineGuidance(F, nullF, { guidanceScale, guidanceRescale }, new Float32Array(4));
const deviation = (values: Float32Array) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

describe('combineGuidance', () => {
  it('is the unconditional output at 0, the conditional one at 1, and extrapolates beyond', () => {
    expect(combine(0)).toEqual(nullF);
    expect(combine(1)).toEqual(F);
    expect(combine(3)).toEqual(Float32Array.of(3, 4, 7, 16));
  });

  it('has the deviation of the conditional output at rescale 1, and a mixture below', () => {
    expect(deviation(combine(3, 1))).toBeCloseTo(deviation(F), 6);
    const factor = 0.25 * (deviation(F) / deviation(combine(3))) + 0.75;
    expect(combine(3, 0.25)).toEqual(combine(3).map((value) => value * factor));
  });

  it('leaves a constant row as it is', () => {
    const constant = Float32Array.of(2, 2);
    const out = new Float32Array(2);
    combineGuidance(constant, constant, { guidanceScale: 5, guidanceRescale: 1 }, out);
    expect(out).toEqual(constant);
  });

  it('may write over the conditional output', () => {
    const out = F.slice();
    combineGuidance(out, nullF, { guidanceScale: 3, guidanceRescale: 0.5 }, out);
    expect(out).toEqual(combine(3, 0.5));
  });
});
