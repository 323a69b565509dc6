import type { RoundedPrecision } from '../vocabulary.js';

/** Above this relative error the actions are no longer those of the model; the precision is refused. */
export const MAX_RELATIVE_RMS = 0.05;

/** How far actions of a precision are from those of float32, same noise, in normalised units. */
interface Deviation {
  /** √(Σ (a - b)² / Σ b²), b the float32 actions. */
  readonly relativeRms: number;
  /** max |a - b|; the data spans [-1, 1]. */
  readonly largestDifference: number;
  /**
   * Share of rows, 0 to 1, that ended in another mode of the data: at least one coordinate changed its sign
   * and moved by more than half the data's range, that is |a - b| > 1 with a·b < 0. Where the data has one
   * mode, 0.
   */
  readonly modeChangeRatio: number;
}

/** What was measured when a model version was registered. */
export interface PrecisionReport extends Deviation {
  readonly rows: number;
  readonly numInferenceSteps: number;
  /** What measured it: the CPU's name, with its instructions for 8-bit products. */
  readonly cpu: string;
}

/** What each precision costs a version; absent: it was not measured. */
export type PrecisionReports = Readonly<Partial<Record<RoundedPrecision, PrecisionReport>>>;

/** Half of [-1, 1], the range of normalised actions. */
const HALF_RANGE = 1;

/** Compares actions [rows,rowSize], normalised, with those of float32. */
export function precisionDeviation(rounded: Float32Array, float32: Float32Array, rowSize: number): Deviation {
  let squares = 0;
  let total = 0;
  let largestDifference = 0;
  const changedRows = new Set<number>();
  for (let i = 0; i < float32.length; i++) {
    const difference = Math.abs(rounded[i] - float32[i]);
    squares += difference ** 2;
    total += float32[i] ** 2;
    largestDifference = Math.max(largestDifference, difference);
    if (difference > HALF_RANGE && rounded[i] * float32[i] < 0) changedRows.add(Math.floor(i / rowSize));
  }
  return {
    relativeRms: squares === 0 ? 0 : Math.sqrt(squares / total),
    largestDifference,
    modeChangeRatio: (changedRows.size * rowSize) / float32.length,
  };
}
