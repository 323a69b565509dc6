import { describe, expect, it } from 'vitest';
import { highestPassingRate } from './rate-search.js';

describe('the search of the highest rate', () => {
  it.each([0.7, 9, 10, 11, 333, 12_345])('finds a limit of %f from below and from above within 5 %%', async (limit) => {
    for (const start of [1, 100]) {
      const rates: number[] = [];
      const passes = (rate: number): Promise<boolean> => {
        rates.push(rate);
        return Promise.resolve(rate <= limit);
      };
      const found = await highestPassingRate({ start, least: 0.1, passes });
      expect(found).toBeLessThanOrEqual(limit);
      expect(found).toBeGreaterThan(limit / 1.05);
      expect(new Set(rates).size).toBe(rates.length); // no rate is tried twice
      expect(rates.length).toBeLessThan(22);
    }
  });

  it('finds nothing when no rate passes, and tries none below the least', async () => {
    const rates: number[] = [];
    const passes = (rate: number): Promise<boolean> => Promise.resolve(rates.push(rate) === 0);
    expect(await highestPassingRate({ start: 100, least: 20, passes })).toBeUndefined();
    expect(rates).toEqual([100, 50, 25]);
  });

  it('ends when every rate passes', async () => {
    expect(await highestPassingRate({ start: 1, least: 1, passes: () => Promise.resolve(true) })).toBe(2 ** 20);
  });
});
