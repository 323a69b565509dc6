/**
 * How far the rows of a request have come, as a value that another engine goes on from. Knows nothing of
 * where it is kept meanwhile.
 */

import type { Half, SlabMemory } from '../memory/row-slab.js';

/** The started rows of a request between two steps. */
export interface RowProgress {
  /** What computed the states: only the same goes on from them, since others may compute other bytes. */
  readonly arithmetic: string;
  /** Steps done by each row that has started; 0 for one that has no state yet. */
  readonly steps: Int32Array;
  /** [steps.length,D]: x after these steps, in normalised units; after the last one, the row's result. */
  readonly states: Float32Array;
  /** Rows × seconds of the backend calls that held them. */
  readonly rowSeconds: number;
}

/** Where a thread is with a row that it holds. */
export interface HeldRow {
  readonly stepsPerCall: number;
  /** Macro-steps whose results lie in the slab by now. */
  macroSteps(): number;
}

/** A row, as far as its state is concerned. */
interface PlacedRow {
  readonly slot: number;
  after(macroSteps: number, stepsPerCall: number): { readonly step: number; readonly half: Half };
}

/** Sizes that a request's progress must fit. */
interface ProgressShape {
  readonly arithmetic: string;
  readonly rows: number;
  readonly numSteps: number;
  /** D. */
  readonly outputSize: number;
}

/** Whether these states can be gone on from here: computed alike, of this shape, and all finite. */
export function fits(progress: RowProgress, { arithmetic, rows, numSteps, outputSize }: ProgressShape): boolean {
  const { steps, states } = progress;
  return (
    progress.arithmetic === arithmetic &&
    steps.length <= rows &&
    states.length === steps.length * outputSize &&
    steps.every((step) => step >= 0 && step <= numSteps) &&
    states.every((value) => Number.isFinite(value)) &&
    Number.isFinite(progress.rowSeconds)
  );
}

/**
 * Copies the last whole state x [D] of a row, also of one that a thread holds, which goes on writing: what
 * was read counts only if the thread has not come back to the same half meanwhile.
 * @param out [D], overwritten
 * @returns the steps behind it; 0 when there is no state yet
 */
export function readState(
  row: PlacedRow,
  memory: SlabMemory,
  { held, out }: { readonly held: HeldRow | undefined; readonly out: Float32Array },
): number {
  for (;;) {
    const macroSteps = held?.macroSteps() ?? 0;
    const { step, half } = row.after(macroSteps, held?.stepsPerCall ?? 0);
    if (step > 0) out.set(memory.state(row.slot, half));
    if ((held?.macroSteps() ?? 0) === macroSteps) return step;
  }
}
