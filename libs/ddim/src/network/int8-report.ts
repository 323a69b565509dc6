/** Above this relative error the actions are no longer those of the model, and precision int8 is refused. */
export const MAX_INT8_RELATIVE_RMS = 0.05;

/** How far actions sampled in int8 are from those sampled in float32, same noise, in normalised units. */
interface Int8Deviation {
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
export interface Int8Report extends Int8Deviation {
  readonly rows: number;
  readonly numInferenceSteps: number;
  /** What measured it: the CPU's name, with its instructions for 8-bit products. */
  readonly cpu: string;
}

/** Half of [-1, 1], the range of normalised actions. */
const HALF_RANGE = 1;

/** Compares actions [rows,rowSize], normalised, with those of float32. */
export function int8Deviation(int8: Float32Array, float32: Float32Array, rowSize: number): Int8Deviation {
  let squares = 0;
  let total = 0;
  let largestDifference = 0;
  const changedRows = new Set<number>();
  for (let i = 0; i < float32.length; i++) {
    const difference = Math.abs(int8[i] - float32[i]);
    squares += difference ** 2;
    total += float32[i] ** 2;
    largestDifference = Math.max(largestDifference, difference);
    if (difference > HALF_RANGE && int8[i] * float32[i] < 0) changedRows.add(Math.floor(i / rowSize));
  }
  return {
    relativeRms: squares === 0 ? 0 : Math.sqrt(squares / total),
    largestDifference,
    modeChangeRatio: (changedRows.size * rowSize) / float32.length,
  };
}
