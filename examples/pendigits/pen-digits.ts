import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-root.js';

export const NUM_DIGITS = 10;
/** Points of a stroke, in writing order. */
export const NUM_POINTS = 8;
/** Numbers of a stroke: x and y of each point. */
export const STROKE_SIZE = NUM_POINTS * 2;

/** Whose data it is: a condition of its licence for every picture of it. */
export const DATA_CREDIT =
  'Data: E. Alpaydin and F. Alimoglu (1996), UCI Machine Learning Repository, doi 10.24432/C5MG6K, CC BY 4.0';

/** Handwritten digits: strokes [count,8,2] in 0..100, y upwards; labels [count] in 0..9. */
export interface PenDigits {
  readonly count: number;
  readonly strokes: Float32Array;
  readonly labels: Uint8Array;
}

/** `train`: 7,494 digits of 30 writers; `test`: 3,498 digits of 14 other writers. */
export function readPenDigits(part: 'train' | 'test'): PenDigits {
  const path = join(projectRoot, 'examples', 'pendigits', 'data', `${part}.csv`);
  const rows = readFileSync(path, 'utf8').trim().split('\n').slice(1);
  const strokes = new Float32Array(rows.length * STROKE_SIZE);
  const labels = new Uint8Array(rows.length);
  for (const [i, row] of rows.entries()) {
    const numbers = row.split(',').map(Number);
    if (numbers.length !== STROKE_SIZE + 1 || !numbers.every(Number.isInteger))
      throw new Error(`${path}, line ${i + 2}: expected ${STROKE_SIZE + 1} integers, got ${row}`);
    strokes.set(numbers.slice(0, STROKE_SIZE), i * STROKE_SIZE);
    labels[i] = numbers[STROKE_SIZE];
  }
  return { count: rows.length, strokes, labels };
}
