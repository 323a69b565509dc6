import { describe, expect, it } from 'vitest';
import { sparklinePath } from './sparkline.js';

describe('A sparkline', () => {
  it('ends with the newest value at the right edge, and its largest value is at the top', () => {
    expect(sparklinePath([0, 1, 2], 5)).toBe('M2 230L3 120L4 10');
  });

  it('leaves a gap where nothing was measured', () => {
    expect(sparklinePath([1, Number.NaN, 1], 3)).toBe('M0 10M2 10');
  });

  it('is a line at the bottom while all is zero', () => {
    expect(sparklinePath([0, 0], 2)).toBe('M0 230L1 230');
  });
});
