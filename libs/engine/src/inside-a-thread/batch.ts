/**
 * The rows of one assignment as dense arrays, in and out of the slab. Knows nothing of coefficients and of
 * other batches.
 */

import type { BatchMemory } from '../memory/batch-memory.js';
import { rowOf, writeInitialState } from './initial-state.js';
import type { Half, SlabMemory } from '../memory/row-slab.js';
import type { ThreadModel } from './thread-model.js';
import type { Preview, RowFailure, ThreadRequest } from '../protocol/thread-protocol.js';

/** A row as a thread sees it. */
export interface BatchRow {
  /** Place in its assignment. */
  readonly index: number;
  readonly request: ThreadRequest;
  /** Index in its request. */
  readonly row: number;
  readonly slot: number;
  /** Steps done. */
  step: number;
  half: Half;
  /** It has no condition yet, and at step 0 no state. */
  fresh: boolean;
}

/** What the rows run on, and memory that is reused from batch to batch. */
export interface BatchContext {
  readonly model: ThreadModel;
  readonly slab: SlabMemory;
  readonly memory: BatchMemory;
}

/**
 * The rows of one assignment as dense arrays. `gather` brings states and conditions in, making those of fresh
 * rows; `scatter` writes the new states to the other half of the slab. In between, FusedSteps or RawSteps
 * turn the batch into macro-steps.
 */
export class Batch {
  /** B. */
  readonly numRows: number;
  /** [B,D]: states. */
  readonly x: Float32Array;
  /** [R,H]: conditions of the batch, then the null condition once per guided row. */
  readonly conditions: Float32Array;
  /** [B,D]: x0 as the last step predicts it, for previews; absent where none is wanted. */
  readonly x0: Float32Array | undefined;
  /** Places of the guided rows. */
  readonly guided: readonly number[];
  /** D. */
  readonly outputSize: number;
  readonly memory: BatchMemory;
  private readonly model: ThreadModel;
  private readonly slab: SlabMemory;
  private isGathered = false;

  constructor(
    readonly rows: readonly BatchRow[],
    { model, slab, memory }: BatchContext,
    private readonly previewed: readonly number[],
  ) {
    const { outputSize, conditionSize } = slab.shape;
    this.model = model;
    this.slab = slab;
    this.memory = memory;
    this.outputSize = outputSize;
    this.numRows = rows.length;
    this.guided = [...rows.keys()].filter((b) => rows[b].request.plan.options.guidanceScale !== 1);
    this.x = memory.float32('x', this.numRows * outputSize);
    this.x0 = previewed.length > 0 ? memory.float32('x0', this.numRows * outputSize) : undefined;
    this.conditions = memory.float32('conditions', (this.numRows + this.guided.length) * conditionSize);
  }

  /** Whether the backend draws the noise of steps. */
  get drawsNoise(): boolean {
    return this.model.drawsNoise;
  }

  get networkRows(): number {
    return this.numRows + this.guided.length;
  }

  /** State [D] of a row, a view. */
  state(b: number): Float32Array {
    return rowOf(this.x, b, this.outputSize);
  }

  /** Copies of x0 [D] of the rows that are to be previewed. */
  previews(): Preview[] {
    const { x0, previewed, outputSize } = this;
    return x0 ? previewed.map((index) => ({ index, x0: rowOf(x0, index, outputSize).slice() })) : [];
  }

  /** Does nothing when the states are here already. */
  async gather(): Promise<void> {
    if (this.isGathered) return;
    await this.encodeObservations();
    const { conditionSize } = this.slab.shape;
    for (const [b, row] of this.rows.entries()) {
      if (row.fresh && row.step === 0) writeInitialState(row.request, row.row, this.state(b));
      else this.state(b).set(this.slab.state(row.slot, row.half));
      this.conditions.set(this.slab.condition(row.slot), b * conditionSize);
    }
    for (const g of this.guided.keys())
      this.conditions.set(this.model.nullCondition, (this.numRows + g) * conditionSize);
    this.isGathered = true;
  }

  /**
   * Takes the states as they are after `steps` more steps.
   * @returns rows that are no longer finite, with the step that ended there
   */
  scatter(steps: number): RowFailure[] {
    const failures: RowFailure[] = [];
    for (const [b, row] of this.rows.entries()) {
      const x = this.state(b);
      const half = row.half === 0 ? 1 : 0;
      this.slab.state(row.slot, half).set(x);
      row.half = half;
      row.fresh = false;
      row.step = Math.min(row.step + steps, row.request.plan.timesteps.length);
      if (!isFinite(x)) {
        const message = `row ${row.row} is no longer finite after step ${row.step - 1}`;
        failures.push({ index: row.index, code: 'non_finite_result', message });
      }
    }
    return failures;
  }

  /** Conditions of fresh rows, each distinct observation encoded once, into their slots. */
  private async encodeObservations(): Promise<void> {
    const fresh = this.rows.filter((row) => row.fresh);
    const { obsSize } = this.model.source.config;
    if (obsSize === 0) {
      for (const row of fresh) this.slab.condition(row.slot).set(this.model.nullCondition);
      return;
    }
    const sharing = new Map<string, BatchRow[]>();
    for (const row of fresh) {
      const key = `${row.request.number}/${observationOf(row)}`;
      const others = sharing.get(key);
      if (others) others.push(row);
      else sharing.set(key, [row]);
    }
    if (sharing.size === 0) return;
    const groups = [...sharing.values()];
    const observations = this.memory.float32('observations', groups.length * obsSize);
    const encoded = this.memory.float32('encoded', groups.length * this.slab.shape.conditionSize);
    for (const [i, [row]] of groups.entries())
      observations.set(rowOf(row.request.observations, observationOf(row), obsSize), i * obsSize);
    await this.model.encodeObservations(observations, encoded, groups.length);
    for (const [i, rows] of groups.entries())
      for (const row of rows) this.slab.condition(row.slot).set(rowOf(encoded, i, this.slab.shape.conditionSize));
  }
}

function observationOf({ request, row }: BatchRow): number {
  return Math.floor(row / request.samplesPerObservation);
}

/**
 * Whether all numbers are finite: v * 0 is NaN for the others, and stays so in a sum; four sums, so that none
 * waits for the last.
 */
function isFinite(x: Float32Array): boolean {
  const whole = x.length - (x.length % 4);
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  for (let i = 0; i < whole; i += 4) {
    sum0 += x[i] * 0;
    sum1 += x[i + 1] * 0;
    sum2 += x[i + 2] * 0;
    sum3 += x[i + 3] * 0;
  }
  for (let i = whole; i < x.length; i++) sum0 += x[i] * 0;
  return sum0 + sum1 + sum2 + sum3 === 0;
}
