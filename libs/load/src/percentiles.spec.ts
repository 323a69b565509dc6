import { describe, expect, it } from 'vitest';
import { nearestRank, percentile, summarize } from './percentiles.js';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('percentiles', () => {
  it.each([
    [1, 1, 1, 1, 1, 1],
    [2, 1, 2, 2, 2, 2],
    [10, 5, 9, 10, 10, 10],
    [100, 50, 90, 95, 99, 100],
    [101, 51, 91, 96, 100, 101],
    [200, 100, 180, 190, 198, 200],
    [1000, 500, 900, 950, 990, 1000],
  ])('of 1..%i are the nearest ranks', (count, p50, p90, p95, p99, max) => {
    expect(summarize(upTo(count))).toMatchObject({ count, p50, p90, p95, p99, max });
  });

  it('do not depend on the order, and sort numbers as numbers', () => {
    expect(summarize([10, 9, 100, 1])).toEqual(summarize([1, 9, 10, 100]));
    expect(summarize([10, 9, 100, 1])).toMatchObject({ p50: 9, max: 100, mean: 30 });
  });

  it('leave no more than the given share of values above them, whatever the values', () => {
    const values = Float64Array.from({ length: 737 }, (_, i) => Math.sin(i * i)).sort();
    for (const percent of [1, 50, 90, 95, 99, 99.9, 100]) {
      const value = percentile(values, percent);
      expect(values.filter((other) => other <= value).length).toBeGreaterThanOrEqual(nearestRank(737, percent));
      expect(values.filter((other) => other < value).length).toBeLessThan(nearestRank(737, percent));
    }
  });

  it('of nothing are an error', () => {
    expect(() => summarize([])).toThrow(RangeError);
  });
});
