/**
 * Steps that a table of coefficients carries: fills the tables, and the backend does the rest. Knows nothing
 * of queues and of what a plan means.
 */

import {
  chunkingPull,
  COEFFICIENTS_PER_STEP,
  IDLE_ROW,
  PLACES,
  fixedActionLevels,
  fillNormal,
  PURPOSES,
  streamKey,
} from '#ddim';
import type { MacroStep } from '../backend/backend.js';
import type { Batch, BatchRow } from './batch.js';
import { rowOf, writeInitialNoise } from './initial-state.js';
import type { Steps } from './steps.js';

/** Macro-steps of rows whose plans are tables of coefficients: the backend does all the arithmetic. */
export class FusedSteps implements Steps {
  noise = { ms: 0, rows: 0 };
  /** After the first call the states are where the backend left them. */
  private continues = false;

  constructor(
    readonly batch: Batch,
    private readonly now: () => number,
  ) {}

  prepare(stepsPerCall: number): MacroStep {
    const { batch } = this;
    const { numRows, memory } = batch;
    const timesteps = memory.int32('timesteps', stepsPerCall * numRows);
    const coefficients = memory.float32('coefficients', stepsPerCall * numRows * COEFFICIENTS_PER_STEP);
    for (let k = 0; k < stepsPerCall; k++)
      for (let b = 0; b < numRows; b++) writeStep(batch.rows[b], k, k * numRows + b, timesteps, coefficients);
    return {
      numRows,
      stepsPerCall,
      continues: this.continues,
      x: batch.x,
      x0: batch.x0,
      conditions: batch.conditions,
      timesteps,
      coefficients,
      noise: this.drawNoise(stepsPerCall),
      guidance: batch.guided.length > 0 ? guidanceTables(batch) : undefined,
      fixedActions: batch.rows.some(({ request }) => request.fixedActions)
        ? fixedActionTables(batch, stepsPerCall)
        : undefined,
      realTimeChunking: batch.rows.some(({ request }) => request.realTimeChunking)
        ? chunkingTables(batch, stepsPerCall)
        : undefined,
    };
  }

  /** The backend has already written x and x0. */
  finish(): void {
    this.continues = true;
  }

  /**
   * z [K,M,D]: only rows with s > 0 in one of these steps have noise of their own; zeros elsewhere, so that
   * no -0 arises.
   */
  private drawNoise(stepsPerCall: number): MacroStep['noise'] {
    const { rows, numRows, memory, outputSize } = this.batch;
    const index = memory.int32('noise index', numRows).fill(0);
    const noisy = [...rows.keys()].filter((b) => drawsNoise(rows[b], stepsPerCall));
    this.noise = { ms: 0, rows: noisy.length };
    const noZ = () => memory.float32('no noise', stepsPerCall * outputSize).fill(0);
    if (noisy.length === 0) return { z: noZ(), index };
    if (this.batch.drawsNoise) return { z: noZ(), index, streams: this.streams(noisy, index) };
    const started = this.now();
    const M = numRows + 1;
    const z = memory.float32('z', stepsPerCall * M * outputSize).fill(0);
    for (const b of noisy) {
      const { request, row, step } = rows[b];
      index[b] = b + 1;
      for (let k = 0; k < stepsPerCall; k++)
        if (noiseFactor(rows[b], k) > 0)
          fillNormal(
            rowOf(z, k * M + b + 1, outputSize),
            { seed: request.seed, row, purpose: PURPOSES.stepNoise },
            step + k,
          );
    }
    this.noise.ms = this.now() - started;
    return { z, index };
  }

  /** [numRows,4] for a backend that draws the noise. */
  private streams(noisy: readonly number[], index: Int32Array): Uint32Array {
    const streams = new Uint32Array(4 * this.batch.numRows);
    for (const b of noisy) {
      const { request, row, step } = this.batch.rows[b];
      index[b] = b + 1;
      streams.set([...streamKey({ seed: request.seed, row, purpose: PURPOSES.stepNoise }), row, step], 4 * b);
    }
    return streams;
  }
}

/**
 * Network label and coefficients of a row's k-th next step into place `at` of the tables; after its last, an
 * idle step.
 */
function writeStep(row: BatchRow, k: number, at: number, timesteps: Int32Array, coefficients: Float32Array): void {
  const step = row.step + k;
  const plan = step < row.request.plan.timesteps.length ? row.request.plan : undefined;
  timesteps[at] = plan?.timesteps[step] ?? 0;
  const source = plan?.coefficients ?? IDLE_ROW;
  const from = plan ? step * COEFFICIENTS_PER_STEP : 0;
  for (let i = 0; i < COEFFICIENTS_PER_STEP; i++) coefficients[at * COEFFICIENTS_PER_STEP + i] = source[from + i];
}

function drawsNoise(row: BatchRow, stepsPerCall: number): boolean {
  if (!row.request.plan.needsNoise) return false;
  for (let k = 0; k < stepsPerCall; k++) if (noiseFactor(row, k) > 0) return true;
  return false;
}

/** s of a row's k-th next step; 0 after its last. */
function noiseFactor({ request: { plan }, step }: BatchRow, k: number): number {
  return step + k < plan.timesteps.length ? plan.coefficients[(step + k) * COEFFICIENTS_PER_STEP + PLACES.s] : 0;
}

/**
 * Guided rows are two rows of the network; for the others both indices agree, so that F = F_null + w (F -
 * F_null) is exact.
 */
function guidanceTables({ rows, numRows, networkRows, guided, memory }: Batch): NonNullable<MacroStep['guidance']> {
  const source = memory.int32('source', networkRows);
  const condIndex = memory.int32('cond index', numRows);
  const nullIndex = memory.int32('null index', numRows);
  const scale = memory.float32('scale', numRows).fill(1);
  for (let b = 0; b < numRows; b++) source[b] = condIndex[b] = nullIndex[b] = b;
  for (const [g, b] of guided.entries()) {
    source[numRows + g] = b;
    nullIndex[b] = numRows + g;
    scale[b] = rows[b].request.plan.options.guidanceScale;
  }
  return { source, condIndex, nullIndex, scale };
}

/** keep, y, z0 [numRows + 1, D], row 0 neutral; levels [K,numRows,2] after each step. */
function fixedActionTables(batch: Batch, stepsPerCall: number): NonNullable<MacroStep['fixedActions']> {
  const { rows, numRows, memory, outputSize: D } = batch;
  const keep = memory.float32('keep', (numRows + 1) * D).fill(1);
  const y = memory.float32('y', (numRows + 1) * D).fill(0);
  const z0 = memory.float32('z0', (numRows + 1) * D).fill(0);
  const index = memory.int32('fixed index', numRows).fill(0);
  const levels = memory.float32('levels', stepsPerCall * numRows * 2).fill(0);
  for (const [b, { request, row, step }] of rows.entries()) {
    if (!request.fixedActions) continue;
    const { mask, values } = request.fixedActions;
    index[b] = b + 1;
    writeInitialNoise(request, row, rowOf(z0, b + 1, D));
    for (let i = 0, at = (b + 1) * D; i < D; i++, at++) {
      keep[at] = 1 - mask[i];
      y[at] = mask[i] * values[row * D + i];
      z0[at] *= mask[i];
    }
    const planLevels = fixedActionLevels(request.plan);
    for (let k = 0; k < stepsPerCall; k++) {
      const reached = Math.min(step + k + 1, request.plan.timesteps.length);
      levels.set(planLevels.subarray(2 * reached, 2 * reached + 2), (k * numRows + b) * 2);
    }
  }
  return { keep, y, z0, index, levels };
}

/** weights, y [numRows + 1, D], row 0 neutral; pull [K,numRows] of each step. */
function chunkingTables(batch: Batch, stepsPerCall: number): NonNullable<MacroStep['realTimeChunking']> {
  const { rows, numRows, memory, outputSize: D } = batch;
  const weights = memory.float32('chunk weights', (numRows + 1) * D).fill(0);
  const y = memory.float32('chunk y', (numRows + 1) * D).fill(0);
  const index = memory.int32('chunk index', numRows).fill(0);
  const pull = memory.float32('pull', stepsPerCall * numRows).fill(0);
  for (const [b, { request, row, step }] of rows.entries()) {
    const { plan, realTimeChunking: chunk } = request;
    if (!chunk) continue;
    index[b] = b + 1;
    weights.set(chunk.weights, (b + 1) * D);
    y.set(rowOf(chunk.values, row, D), (b + 1) * D);
    for (let k = 0; k < stepsPerCall && step + k < plan.timesteps.length; k++)
      pull[k * numRows + b] = chunkingPull(plan, step + k, chunk.maxWeight);
  }
  return { weights, y, index, pull };
}
