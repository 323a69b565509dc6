import { describe, expect, it } from 'vitest';
import { sparkline } from './sparkline.js';

describe('sparkline', () => {
  it('draws equal ratios as equal heights: losses are read on a logarithmic scale', () => {
    expect(sparkline([128, 64, 32, 16, 8, 4, 2, 1], 8)).toBe('█▇▆▅▄▃▂▁');
  });

  it('averages neighbours where there are more numbers than columns, and is never wider', () => {
    const losses = Array.from({ length: 1_000 }, (_, i) => 1 / (i + 1));
    const line = sparkline(losses, 12);
    expect(line).toHaveLength(12);
    expect(line.startsWith('█')).toBe(true);
    expect(line.endsWith('▁')).toBe(true);
  });

  it.each([null, 0, -1, Infinity, Number.NaN])('leaves a gap for %s', (value) => {
    expect(sparkline([1, value, 2], 8)).toBe('▁ █');
  });

  it('is in the middle where all numbers are the same, and empty without any', () => {
    expect(sparkline([3, 3], 8)).toBe('▅▅');
    expect(sparkline([], 8)).toBe('');
  });
});
