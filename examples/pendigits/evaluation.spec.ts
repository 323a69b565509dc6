import { describe, expect, it } from 'vitest';
import { mmdSquared, nearestNeighbourAccuracy } from './evaluation.js';
import { readPenDigits } from './pen-digits.js';

const train = readPenDigits('train');
const test = readPenDigits('test');

describe('nearestNeighbourAccuracy', () => {
  it('reads 97.6 % of the test writers right with strokes of the training writers', () => {
    // numpy, float64: 3,414 of 3,498.
    expect(nearestNeighbourAccuracy(train, test)).toBeCloseTo(0.97599, 4);
  });

  it('reads nothing right when every label is another one', () => {
    const few = { count: 200, strokes: test.strokes.subarray(0, 3_200), labels: test.labels.slice(0, 200) };
    const wrong = nearestNeighbourAccuracy(train, { ...few, labels: few.labels.map((label) => (label + 1) % 10) });
    expect(wrong).toBeLessThan(0.03);
  });
});

describe('mmdSquared', () => {
  it('is 0.0044 between the real strokes of training and test writers', () => {
    // numpy, float64: 0.00442357.
    expect(mmdSquared(train.strokes, test.strokes)).toBeCloseTo(0.004424, 5);
  });

  it('is 0 between equal sets, the same in both directions, and large for strokes that nobody would write', () => {
    const few = test.strokes.subarray(0, 300 * 16);
    expect(mmdSquared(few, few)).toBeCloseTo(0, 12);
    const mirrored = few.map((coordinate, i) => (i % 2 === 0 ? 100 - coordinate : coordinate));
    expect(mmdSquared(few, mirrored)).toBeCloseTo(mmdSquared(mirrored, few), 10);
    expect(mmdSquared(few, mirrored)).toBeGreaterThan(0.05);
  });
});
