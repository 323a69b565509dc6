import type { ContactSheetRow } from './contact-sheet.js';
import { NUM_DIGITS, STROKE_SIZE, type PenDigits } from './pen-digits.js';

/**
 * For each digit, `columns` real strokes beside the samples [N,8,2] that were asked for with the same labels:
 * spread evenly over all writers, and not chosen by looks.
 */
export function strokesOf(real: PenDigits, sampled: Float32Array, columns: number): readonly ContactSheetRow[] {
  return [...Array(NUM_DIGITS).keys()].map((digit) => {
    const rows = [...real.labels.keys()].filter((row) => real.labels[row] === digit);
    const shown = Array.from({ length: columns }, (_, i) => rows[Math.floor(((i + 0.5) * rows.length) / columns)]);
    const strokes = (from: Float32Array) =>
      shown.map((row) => from.subarray(row * STROKE_SIZE, (row + 1) * STROKE_SIZE));
    return { digit, real: strokes(real.strokes), sampled: strokes(sampled) };
  });
}
