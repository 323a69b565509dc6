import { describe, expect, it } from 'vitest';
import { emaDecay } from './ema.js';

const options = { power: 0.75, invGamma: 1, min: 0, max: 0.9999, updateAfterStep: 0 };

describe('emaDecay', () => {
  it.each([
    [1, 0],
    [2, 0.405396],
    [3, 0.561309],
    [10, 0.822172],
    [100, 0.968377],
    [1e9, 0.9999],
  ])('after update %i is %d', (updates, decay) => {
    expect(emaDecay(updates, options)).toBeCloseTo(decay, 6);
  });

  it('copies until updateAfterStep, and respects its minimum', () => {
    expect(emaDecay(11, { ...options, updateAfterStep: 10 })).toBe(0);
    expect(emaDecay(12, { ...options, updateAfterStep: 10 })).toBeCloseTo(0.405396, 6);
    expect(emaDecay(2, { ...options, min: 0.9 })).toBe(0.9);
  });
});
