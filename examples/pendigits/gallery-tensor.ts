import { NUM_DIGITS, NUM_POINTS, STROKE_SIZE } from './pen-digits.js';

/** A tensor as requests take it: little-endian float32 values in base64. */
export interface EncodedTensor {
  readonly shape: number[];
  readonly dtype: 'float32';
  readonly data: string;
}

/** Strokes, or the latent noise of strokes: [N,8,2]. */
export function strokeTensor(strokes: readonly Float32Array[]): EncodedTensor {
  const data = Buffer.from(valuesOf(strokes).buffer).toString('base64');
  return { shape: [strokes.length, NUM_POINTS, 2], dtype: 'float32', data };
}

/** Their numbers, one stroke after the other. */
export function valuesOf(strokes: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const values = new Float32Array(strokes.length * STROKE_SIZE);
  for (const [i, stroke] of strokes.entries()) values.set(stroke, i * STROKE_SIZE);
  return values;
}

/** One stroke [8,2] for each row of a result. */
export function strokesOfResult(actions: Float32Array): readonly Float32Array[] {
  return Array.from({ length: actions.length / STROKE_SIZE }, (_, i) =>
    actions.slice(i * STROKE_SIZE, (i + 1) * STROKE_SIZE),
  );
}

/** The observation of a digit: one-hot. */
export function observationOf(digit: number): number[] {
  return Array.from({ length: NUM_DIGITS }, (_, i) => (i === digit ? 1 : 0));
}
