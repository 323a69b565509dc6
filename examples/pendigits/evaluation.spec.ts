import { describe, expect, it } from 'vitest';
import {
  mmdSquared,
  nearestNeighbourAccuracy,
  REAL_ACCURACY,
  REAL_MMD_SQUARED,
  withinDigitVariance,
} from './evaluation.js';
import { readPenDigits } from './pen-digits.js';

const train = readPenDigits('train');
const test = readPenDigits('test');

describe('nearestNeighbourAccuracy', { timeout: 300_000 }, () => {
  it('reads 97.6 % of the test writers right with strokes of the training writers', () => {
    // numpy, float64: 3,414 of 3,498.
    const accuracy = nearestNeighbourAccuracy(train, test);
    expect(accuracy).toBe(3_414 / 3_498);
    expect(accuracy).toBeCloseTo(REAL_ACCURACY, 3);
  });

  it('reads nothing right when every label is another one', () => {
    const few = { count: 200, strokes: test.strokes.subarray(0, 3_200), labels: test.labels.slice(0, 200) };
    const wrong = nearestNeighbourAccuracy(train, { ...few, labels: few.labels.map((label) => (label + 1) % 10) });
    expect(wrong).toBeLessThan(0.03);
  });
});

// 60 million pairs of strokes: seconds on a busy machine.
describe('mmdSquared', { timeout: 300_000 }, () => {
  it('is 0.0039 between the real strokes of training and test writers', () => {
    // numpy, float64: 0.003939932631. Draws of 3,498 training strokes instead of all give 0.0036 to 0.0047.
    const mmd = mmdSquared(train.strokes, test.strokes);
    expect(mmd).toBeCloseTo(0.003939932631, 8);
    expect(mmd).toBeCloseTo(REAL_MMD_SQUARED, 4);
  });

  it('is 0 between equal sets, the same in both directions, and large for strokes that nobody would write', () => {
    const few = test.strokes.subarray(0, 300 * 16);
    expect(mmdSquared(few, few)).toBeCloseTo(0, 12);
    const mirrored = few.map((coordinate, i) => (i % 2 === 0 ? 100 - coordinate : coordinate));
    expect(mmdSquared(few, mirrored)).toBeCloseTo(mmdSquared(mirrored, few), 10);
    expect(mmdSquared(few, mirrored)).toBeGreaterThan(0.05);
  });
});

describe('withinDigitVariance', () => {
  it('grows with the square of what strokes differ from the mean of their digit', () => {
    const strokes = Float32Array.from({ length: 32 }, (_, i) => (i < 16 ? 10 : 20));
    const pair = (factor: number) => ({
      count: 2,
      strokes: strokes.map((value) => value * factor),
      labels: Uint8Array.of(3, 3),
    });
    expect(withinDigitVariance(pair(1))).toBe(16 * 25);
    expect(withinDigitVariance(pair(2))).toBe(4 * 16 * 25);
  });

  it('is 0 where every digit is always drawn in one way, however much the digits differ', () => {
    const strokes = Float32Array.from({ length: 48 }, (_, i) => (i < 32 ? 10 : 90));
    expect(withinDigitVariance({ count: 3, strokes, labels: Uint8Array.of(1, 1, 2) })).toBe(0);
  });
});
