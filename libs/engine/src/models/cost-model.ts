/** Learns what a step costs by the size of its batch. Knows nothing of rows, requests and who goes first. */

import type { CostSample } from '../protocol/thread-protocol.js';

/** ms per step of a batch of B network rows, n of them noisy: fixedMs + rowMs B + noisyRowMs n. */
export interface StepCost {
  readonly fixedMs: number;
  readonly rowMs: number;
  readonly noisyRowMs: number;
}

/** Before anything was measured: D 512, H 256, 4 layers on one core of a desktop CPU. */
const FIRST_GUESS: StepCost = { fixedMs: 0.15, rowMs: 0.051, noisyRowMs: 0.018 };
/** While only one batch size has been seen: fixedMs is worth so many rows. */
const FIXED_COST_IN_ROWS = FIRST_GUESS.fixedMs / FIRST_GUESS.rowMs;
/** Weight of a new sample beside what was known of its batch size. */
const LEARNING_RATE = 0.1;
/** A sample so many times above the prediction was disturbed by something else … */
const OUTLIER = 3;
/** … unless so many follow each other: then the machine has changed. */
const OUTLIERS_TO_BELIEVE = 8;

interface Mean {
  rows: number;
  ms: number;
}

/**
 * c(B) = fixedMs + rowMs B: the time of one step of B network rows, learnt while the engine runs. One mean is
 * kept per power of two of B, so that what was seen at other sizes is not forgotten while one size dominates;
 * a straight line through the means, each weighted by 1/ms² (relative error), is the model. Noise is drawn
 * outside the backend and counted per noisy row.
 */
export class CostModel {
  private readonly means = new Map<number, Mean>();
  private line = { fixedMs: FIRST_GUESS.fixedMs, rowMs: FIRST_GUESS.rowMs };
  private noisyRowMs = FIRST_GUESS.noisyRowMs;
  private outliersInARow = 0;
  private leastMs: number | undefined;

  /** Before the first sample the model is a guess. */
  get isMeasured(): boolean {
    return this.means.size > 0;
  }

  get cost(): StepCost {
    return { noisyRowMs: this.noisyRowMs, ...this.line };
  }

  /** ms of the fastest step of a batch of one that was ever seen; undefined before there was one. */
  get leastAloneMs(): number | undefined {
    return this.leastMs;
  }

  /** ms of one step. */
  stepMs(numRows: number, noisyRows = 0): number {
    return this.line.fixedMs + this.line.rowMs * numRows + this.noisyRowMs * noisyRows;
  }

  /** @param sample msPerStep without the time for noise */
  observe({ numRows, msPerStep }: CostSample): void {
    if (numRows === 1) this.leastMs = Math.min(this.leastMs ?? msPerStep, msPerStep);
    if (this.means.size > 0 && msPerStep > OUTLIER * this.stepMs(numRows)) {
      this.outliersInARow += 1;
      if (this.outliersInARow < OUTLIERS_TO_BELIEVE) return;
      this.means.clear();
    }
    this.outliersInARow = 0;
    const size = Math.round(Math.log2(numRows));
    const mean = this.means.get(size);
    if (mean) {
      mean.rows += LEARNING_RATE * (numRows - mean.rows);
      mean.ms += LEARNING_RATE * (msPerStep - mean.ms);
    } else this.means.set(size, { rows: numRows, ms: msPerStep });
    this.line = fitLine([...this.means.values()]);
  }

  /** @param msPerRowStep drawing the noise of one row for one step */
  observeNoise(msPerRowStep: number): void {
    this.noisyRowMs += LEARNING_RATE * (msPerRowStep - this.noisyRowMs);
  }
}

/** Least squares of (fixedMs + rowMs B)/ms = 1; both are kept from going below 0. */
function fitLine(means: readonly Mean[]): { fixedMs: number; rowMs: number } {
  const [only] = means;
  if (means.length === 1) {
    const rowMs = only.ms / (only.rows + FIXED_COST_IN_ROWS);
    return { fixedMs: rowMs * FIXED_COST_IN_ROWS, rowMs };
  }
  let w = 0;
  let wB = 0;
  let wBB = 0;
  let wy = 0;
  let wBy = 0;
  for (const { rows, ms } of means) {
    const weight = 1 / (ms * ms);
    w += weight;
    wB += weight * rows;
    wBB += weight * rows * rows;
    wy += weight * ms;
    wBy += weight * rows * ms;
  }
  const determinant = w * wBB - wB * wB;
  const fixedMs = (wBB * wy - wB * wBy) / determinant;
  const rowMs = (w * wBy - wB * wy) / determinant;
  if (rowMs <= 0) return { fixedMs: wy / w, rowMs: 0 };
  return fixedMs <= 0 ? { fixedMs: 0, rowMs: wBy / wBB } : { fixedMs, rowMs };
}
