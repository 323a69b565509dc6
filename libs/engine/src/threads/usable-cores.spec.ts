import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { usableCores } from './usable-cores.js';

describe('usableCores', () => {
  it('is cut by the quota of the container, but never below one', () => {
    expect(usableCores('100000 100000')).toBe(1);
    expect(usableCores('50000 100000')).toBe(1);
    expect(usableCores(`${(availableParallelism() + 5) * 100_000} 100000`)).toBe(availableParallelism());
  });

  it('is what the process may run on where nothing is limited', () => {
    expect(usableCores('max 100000')).toBe(availableParallelism());
    expect(usableCores('')).toBe(availableParallelism());
    expect(usableCores()).toBeLessThanOrEqual(availableParallelism());
  });
});
