import { encodeSafetensors } from '#storage';
import { NUM_DIGITS, NUM_POINTS, type PenDigits } from './pen-digits.js';

/**
 * A dataset file as the service takes it: `observations [N,10]` is the digit, one-hot; `actions [N,8,2]` the
 * stroke.
 */
export function datasetFile({ count, strokes, labels }: PenDigits): Uint8Array {
  return encodeSafetensors([
    { name: 'observations', shape: [count, NUM_DIGITS], data: oneHot(labels) },
    { name: 'actions', shape: [count, NUM_POINTS, 2], data: strokes },
  ]);
}

/** [N,10] from labels [N]. */
export function oneHot(labels: Uint8Array): Float32Array {
  const rows = new Float32Array(labels.length * NUM_DIGITS);
  for (const [i, label] of labels.entries()) rows[i * NUM_DIGITS + label] = 1;
  return rows;
}
