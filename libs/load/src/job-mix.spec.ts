import { describe, expect, it } from 'vitest';
import { JobMix } from './job-mix.js';

describe('a mix of jobs', () => {
  const sizes = [60, 30, 10].map((weight) => ({ rows: 1, steps: 1, weight }));

  it('has each size as often as its weight says', () => {
    const mix = new JobMix(sizes, 3);
    const counts = [0, 0, 0];
    for (let i = 0; i < 20_000; i += 1) counts[mix.at(i)] = (counts[mix.at(i)] ?? 0) + 1;
    // Four standard deviations of a binomial count, the largest of the three: sqrt(20000 * 0.6 * 0.4) = 69.
    for (const [i, { weight }] of sizes.entries()) expect(Math.abs((counts[i] ?? 0) - weight * 200)).toBeLessThan(280);
  });

  it('is the same for the same seed, and another for another', () => {
    const sequence = (seed: number) => Array.from({ length: 100 }, (_, i) => new JobMix(sizes, seed).at(i));
    expect(sequence(5)).toEqual(sequence(5));
    expect(sequence(5)).not.toEqual(sequence(6));
  });
});
