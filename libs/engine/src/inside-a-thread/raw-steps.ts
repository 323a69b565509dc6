/**
 * Steps that no table of coefficients carries: the backend predicts, the thread does the rest. Knows nothing
 * of queues and of other batches.
 */

import {
  COEFFICIENTS_PER_STEP,
  RAW_OUTPUT_ROW,
  fixedActionLevels,
  writeFixedActions,
  fillNormal,
  PURPOSES,
  finishStep,
  predictX0,
  chunkingPull,
  pullTowardsChunk,
} from '#ddim';
import type { MacroStep } from '../backend/backend.js';
import type { Batch, BatchRow } from './batch.js';
import { rowOf, writeInitialNoise } from './initial-state.js';
import type { Steps } from './steps.js';

/**
 * Single steps of rows whose plans no coefficients can carry (thresholding, guidance rescale): the backend
 * returns F, with and without the condition, and each row is finished here in the direct form.
 */
export class RawSteps implements Steps {
  noise = { ms: 0, rows: 0 };
  /** [R,D]: x in, F out. */
  private readonly F: Float32Array;

  constructor(
    readonly batch: Batch,
    private readonly now: () => number,
  ) {
    this.F = batch.memory.float32('F', batch.networkRows * batch.outputSize);
  }

  /** Without guidance tables: a guided row's second network row is a row of its own here. */
  prepare(): MacroStep {
    const { batch } = this;
    const { F } = this;
    const { memory, networkRows, numRows, outputSize: D } = batch;
    const timesteps = memory.int32('timesteps', networkRows).fill(0);
    const coefficients = memory.float32('coefficients', networkRows * COEFFICIENTS_PER_STEP);
    F.set(batch.x);
    for (const [b, { request, step }] of batch.rows.entries()) timesteps[b] = request.plan.timesteps[step];
    for (const [g, b] of batch.guided.entries()) {
      F.set(batch.state(b), (numRows + g) * D);
      timesteps[numRows + g] = timesteps[b];
    }
    for (let r = 0; r < networkRows; r++) coefficients.set(RAW_OUTPUT_ROW, r * COEFFICIENTS_PER_STEP);
    return {
      numRows: networkRows,
      stepsPerCall: 1,
      x: F,
      conditions: batch.conditions,
      timesteps,
      coefficients,
      noise: {
        z: memory.float32('no noise', D).fill(0),
        index: memory.int32('noise index', networkRows).fill(0),
      },
    };
  }

  finish(): void {
    const { rows, numRows, outputSize: D, guided, x0 } = this.batch;
    this.noise = { ms: 0, rows: 0 };
    for (const [b, row] of rows.entries()) {
      const { plan, fixedActions, realTimeChunking } = row.request;
      const x = this.batch.state(b);
      const guidedAt = guided.indexOf(b);
      const F = rowOf(this.F, b, D);
      const nullF = guidedAt < 0 ? null : rowOf(this.F, numRows + guidedAt, D);
      const clean = x0 ? rowOf(x0, b, D) : this.batch.memory.float32('clean', D);
      if (x0 || realTimeChunking) predictX0(plan, row.step, x, F, nullF, clean);
      finishStep(plan, row.step, x, F, nullF, this.drawNoise(row), x);
      if (realTimeChunking) pullTowards(row, realTimeChunking, x, clean);
      if (fixedActions) writeKnownElements(row, fixedActions, x);
    }
  }

  private drawNoise({ request, row, step }: BatchRow): Float32Array | null {
    if (request.plan.noiseFactors[step] === 0) return null;
    const started = this.now();
    const z = this.batch.memory.float32('z', this.batch.outputSize);
    fillNormal(z, { seed: request.seed, row, purpose: PURPOSES.stepNoise }, step);
    this.noise.ms += this.now() - started;
    this.noise.rows += 1;
    return z;
  }
}

function pullTowards(
  { request: { plan }, row, step }: BatchRow,
  { weights, values, maxWeight }: NonNullable<BatchRow['request']['realTimeChunking']>,
  x: Float32Array,
  x0: Float32Array,
): void {
  pullTowardsChunk(x, x0, { weights, y: rowOf(values, row, x.length) }, chunkingPull(plan, step, maxWeight));
}

/** At the level that the step has reached. */
function writeKnownElements(
  { request, row, step }: BatchRow,
  { mask, values }: { readonly mask: Uint8Array; readonly values: Float32Array },
  x: Float32Array,
): void {
  const z0 = new Float32Array(x.length);
  writeInitialNoise(request, row, z0);
  const levels = fixedActionLevels(request.plan);
  writeFixedActions(x, { mask, y: rowOf(values, row, x.length), z0 }, [levels[2 * step + 2], levels[2 * step + 3]]);
}
