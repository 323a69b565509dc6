import { NUM_DIGITS, STROKE_SIZE, type PenDigits } from './pen-digits.js';

const NEIGHBOURS = 5;
const KERNEL_WIDTH = 1.5;
/**
 * What the test writers' own strokes get: accuracy, and the MMD between all training and all test strokes.
 */
export const REAL_ACCURACY = 0.976;
export const REAL_MMD_SQUARED = 0.0039;

/**
 * Share of strokes that a classifier reads as the digit they are labelled with: the majority among the 5
 * nearest strokes of `reference` (Euclidean distance over the 16 coordinates, the smaller digit on a tie).
 */
export function nearestNeighbourAccuracy(reference: PenDigits, { count, strokes, labels }: PenDigits): number {
  let right = 0;
  for (let i = 0; i < count; i++) {
    const stroke = strokes.subarray(i * STROKE_SIZE, (i + 1) * STROKE_SIZE);
    if (majority(nearest(reference, stroke).map((row) => reference.labels[row])) === labels[i]) right++;
  }
  return right / count;
}

/**
 * Squared maximum mean discrepancy between two sets of strokes [N,8,2] in 0..100: how differently they are
 * distributed, 0 = not at all. Biased estimate (all pairs, a row with itself among them) with the kernel
 * exp(-|x - y|² / (2 · 1.5²)) on coordinates scaled to [-1, 1]. Source: Gretton et al. (2012), JMLR 13, eq.
 * 5.
 */
export function mmdSquared(a: Float32Array, b: Float32Array): number {
  const first = Float64Array.from(a, scaled);
  const second = Float64Array.from(b, scaled);
  return meanKernel(first, first) + meanKernel(second, second) - 2 * meanKernel(first, second);
}

/**
 * How much strokes of one digit vary: the mean squared distance of a stroke [8,2] from the mean stroke of its
 * digit, in 0..100 units. A model that draws the typical digit too often has less of it than people.
 */
export function withinDigitVariance({ count, strokes, labels }: PenDigits): number {
  const sums = new Float64Array(NUM_DIGITS * STROKE_SIZE);
  const numbers = new Uint32Array(NUM_DIGITS);
  for (let i = 0; i < count; i++) {
    numbers[labels[i]]++;
    for (let k = 0; k < STROKE_SIZE; k++) sums[labels[i] * STROKE_SIZE + k] += strokes[i * STROKE_SIZE + k];
  }
  let squares = 0;
  for (let i = 0; i < count; i++)
    for (let k = 0; k < STROKE_SIZE; k++) {
      const mean = sums[labels[i] * STROKE_SIZE + k] / numbers[labels[i]];
      squares += (strokes[i * STROKE_SIZE + k] - mean) ** 2;
    }
  return squares / count;
}

function scaled(coordinate: number): number {
  return coordinate / 50 - 1;
}

/** Mean over all pairs of rows; within one set every pair counts twice and is computed once. */
function meanKernel(a: Float64Array, b: Float64Array): number {
  const factor = -1 / (2 * KERNEL_WIDTH ** 2);
  const isOneSet = a === b;
  let sum = 0;
  for (let i = 0; i < a.length; i += STROKE_SIZE)
    for (let j = isOneSet ? i + STROKE_SIZE : 0; j < b.length; j += STROKE_SIZE) {
      let distance = 0;
      for (let k = 0; k < STROKE_SIZE; k++) {
        const difference = a[i + k] - b[j + k];
        distance += difference * difference;
      }
      sum += Math.exp(factor * distance);
    }
  const rows = a.length / STROKE_SIZE;
  return isOneSet ? (2 * sum + rows) / rows ** 2 : sum / rows / (b.length / STROKE_SIZE);
}

/** Rows of the nearest strokes, kept sorted by insertion while all are looked at. */
function nearest({ count, strokes }: PenDigits, stroke: Float32Array): readonly number[] {
  const rows = Array.from({ length: NEIGHBOURS }, () => 0);
  const distances = Array.from({ length: NEIGHBOURS }, () => Infinity);
  for (let row = 0; row < count; row++) {
    const limit = distances[NEIGHBOURS - 1];
    const distance = squaredDistance(stroke, strokes, row * STROKE_SIZE, limit);
    if (distance >= limit) continue;
    let place = NEIGHBOURS - 1;
    for (; place > 0 && distances[place - 1] > distance; place--) {
      distances[place] = distances[place - 1];
      rows[place] = rows[place - 1];
    }
    distances[place] = distance;
    rows[place] = row;
  }
  return rows;
}

/** From `stroke` to the one at `offset`; once it exceeds `limit`, at least that. */
function squaredDistance(stroke: Float32Array, strokes: Float32Array, offset: number, limit: number): number {
  let sum = 0;
  for (let k = 0; k < STROKE_SIZE && sum < limit; k += 2) {
    const x = stroke[k] - strokes[offset + k];
    const y = stroke[k + 1] - strokes[offset + k + 1];
    sum += x * x + y * y;
  }
  return sum;
}

function majority(labels: readonly number[]): number {
  const votes = new Uint8Array(NUM_DIGITS);
  for (const label of labels) votes[label]++;
  return votes.indexOf(Math.max(...votes));
}
