import { describe, expect, it } from 'vitest';
import { sparklinePath } from './sparkline.js';

describe('A sparkline', () => {
  it('ends with the newest value at the right edge, and its largest value is at the top', () => {
    expect(sparklinePath([0, 1, 2], 5)).toBe('M60.0 23.0L90.0 12.0L120.0 1.0');
  });

  it('leaves a gap where nothing was measured', () => {
    expect(sparklinePath([1, Number.NaN, 1], 3)).toBe('M0.0 1.0M120.0 1.0');
  });

  it('is a line at the bottom while all is zero', () => {
    expect(sparklinePath([0, 0], 2)).toBe('M0.0 23.0L120.0 23.0');
  });
});
