import { describe, expect, it } from 'vitest';
import { precisionDeviation } from './precision-report.js';

describe('precisionDeviation', () => {
  it('is the root of the summed squares against those of float32, and the largest difference', () => {
    const deviation = precisionDeviation(Float32Array.of(0.5, 0.25, -1, 1), Float32Array.of(0.5, 0.5, -0.75, 1), 2);
    expect(deviation.relativeRms).toBeCloseTo(Math.sqrt(0.125 / (0.25 + 0.25 + 0.5625 + 1)), 7);
    expect(deviation.largestDifference).toBe(0.25);
    expect(deviation.modeChangeRatio).toBe(0);
  });

  it('is zero for equal actions, zeros included', () => {
    const none = { relativeRms: 0, largestDifference: 0, modeChangeRatio: 0 };
    expect(precisionDeviation(new Float32Array(6), new Float32Array(6), 3)).toEqual(none);
  });

  it.each([
    ['a sign that flips by more than half the range', [0.6, 0], [-0.6, 0], 1],
    ['two such coordinates of one row', [0.6, -0.7], [-0.6, 0.7], 1],
    ['a sign that flips by less', [0.4, 0], [-0.4, 0], 0],
    ['a large move on one side', [2, 0], [0.1, 0], 0],
  ])('counts rows, not coordinates, that changed mode: %s', (_, int8, float32, rows) => {
    const still = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5];
    const deviation = precisionDeviation(
      Float32Array.from([...still, ...int8]),
      Float32Array.from([...still, ...float32]),
      2,
    );
    expect(deviation.modeChangeRatio).toBe(rows / 4);
  });
});
