import { expect, describe, it } from 'vitest';
import { poissonArrivals } from './arrivals.js';

describe('Poisson arrivals', () => {
  const times = poissonArrivals(100, 100_000, 1);
  const gaps = times.map((time, i) => time - (times[i - 1] ?? 0));

  it('come at the given rate, in order, before the end', () => {
    // Four standard deviations of a count of 10,000.
    expect(Math.abs(times.length - 10_000)).toBeLessThan(400);
    expect(gaps.every((gap) => gap >= 0)).toBe(true);
    expect(times.at(-1)).toBeLessThan(100_000);
  });

  it('have exponential gaps: their deviation equals their mean', () => {
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1);
  });

  it('are the same for the same seed, and others for another', () => {
    expect(poissonArrivals(100, 100_000, 1)).toEqual(times);
    expect(poissonArrivals(100, 100_000, 2)).not.toEqual(times);
  });
});
