import { describe, expect, it } from 'vitest';
import { addJobSize, JobMix } from './job-mix.js';

describe('a size of jobs', () => {
  it('is rows, steps and a weight, which is 1 when absent', () => {
    expect(addJobSize('rows=8,steps=50', addJobSize('rows=1,steps=10:60'))).toEqual([
      { rows: 1, steps: 10, weight: 60 },
      { rows: 8, steps: 50, weight: 1 },
    ]);
    expect(addJobSize('rows=1,steps=10:0.5')).toEqual([{ rows: 1, steps: 10, weight: 0.5 }]);
  });

  it.each([
    ['', 'Expected rows=R,steps=S'],
    ['10', 'Expected rows=R,steps=S'],
    ['steps=10,rows=1', 'Expected rows=R,steps=S'],
    ['rows=1,steps=10:', 'Expected rows=R,steps=S'],
    ['rows=-1,steps=10', 'got rows=-1,steps=10'],
    ['rows=1e3,steps=10', 'got rows=1e3,steps=10'],
    ['rows=0,steps=10', 'Expected rows from 1 to 4096, got 0'],
    ['rows=4097,steps=10', 'Expected rows from 1 to 4096, got 4097'],
    ['rows=1,steps=0', 'Expected steps from 1 to 10000, got 0'],
    ['rows=1,steps=10001', 'Expected steps from 1 to 10000, got 10001'],
    ['rows=1,steps=10:0', 'Expected a weight above 0 and up to 1000000, got 0'],
    ['rows=1,steps=10:2000000', 'Expected a weight above 0 and up to 1000000, got 2000000'],
  ])('%j is refused, with what was expected', (text, message) => {
    expect(() => addJobSize(text)).toThrow(message);
  });
});

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
