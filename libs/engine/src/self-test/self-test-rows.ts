/** The rows that a self-test runs: one of every kind. Knows nothing of backends. */

import {
  COEFFICIENTS_PER_STEP,
  IDLE_ROW,
  PLACES,
  RAW_OUTPUT_ROW,
  outputSize,
  type DenoiserConfig,
  fillNormal,
} from '#ddim';
import type { MacroStep } from '../backend/backend.js';

export const NUM_ROWS = 24;

/**
 * One step of one row: network label, a b c d e s lo hi, noise [D] when s > 0, √ā and √(1-ā) after the step,
 * and its pull towards a chunk.
 */
interface ProbeStep {
  readonly timestep: number;
  readonly coefficients: readonly number[];
  readonly z?: Float32Array;
  readonly levels: readonly [number, number];
  readonly pull?: number;
}

/** A row with all its steps, and what the extended graph needs of it; arrays [D] and [H]. */
export interface ProbeRow {
  readonly x: Float32Array;
  readonly condition: Float32Array;
  readonly steps: readonly ProbeStep[];
  readonly guidance?: { readonly nullCondition: Float32Array; readonly scale: number };
  readonly fixed?: { readonly keep: Float32Array; readonly y: Float32Array; readonly z0: Float32Array };
  readonly chunk?: { readonly weights: Float32Array; readonly y: Float32Array };
}

/** Where a row stands: its state and the number of steps already done. */
export interface ProbeState {
  readonly row: ProbeRow;
  readonly x: Float32Array;
  readonly done: number;
}

/** A purpose of the callers' range: these numbers belong to no request. */
const SELF_TEST_PURPOSE = 255;

/**
 * The rows on which every model is tried when it is loaded, and an imported one before it is stored. @param
 * conditionSize H
 */
export function selfTestRows(config: DenoiserConfig, conditionSize: number): readonly ProbeRow[] {
  return Array.from({ length: NUM_ROWS }, (_, i) => probeRow(config, conditionSize, i));
}

/** Normal noise of the self-test. */
export function selfTestNormals(size: number, row: number, step: number): Float32Array {
  const out = new Float32Array(size);
  fillNormal(out, { seed: 0, row, purpose: SELF_TEST_PURPOSE }, step);
  return out;
}

/**
 * Kinds by i: noise-free, noisy, ending early, raw output; every third is guided, every second fixed in part,
 * every fifth pulled towards a chunk.
 */
function probeRow(config: DenoiserConfig, H: number, i: number): ProbeRow {
  const D = outputSize(config);
  const draw = (size: number, step: number, scale = 1) => selfTestNormals(size, i, step).map((z) => z * scale);
  const ordinary = [0.9, -0.3, 0.8, 0.3, 0.1, i % 4 === 1 ? 0.2 : 0, -3, 3].map(Math.fround);
  const last = i % 4 === 3 ? RAW_OUTPUT_ROW : ordinary;
  const step = (k: number, coefficients: readonly number[]): ProbeStep => ({
    timestep: (i * 37 + k * 11) % config.numTrainTimesteps,
    coefficients,
    ...(coefficients[PLACES.s] === 0 ? {} : { z: draw(D, 2 + k) }),
    levels: [Math.fround(0.8), Math.fround(0.6)],
    pull: Math.fround(0.4),
  });
  const mask = Float32Array.from({ length: D }, (_, j) => (j % 3 === 0 ? 0 : 1));
  const known = (drawIndex: number) => draw(D, drawIndex).map((value, j) => (mask[j] === 0 ? value : 0));
  return {
    x: draw(D, 0),
    condition: draw(H, 1, 0.5),
    steps: i % 4 === 2 ? [step(0, ordinary)] : [step(0, ordinary), step(1, last)],
    ...(i % 3 === 0 ? { guidance: { nullCondition: draw(H, 4, 0.5), scale: 2.5 } } : {}),
    ...(i % 2 === 1 ? { fixed: { keep: mask, y: known(5), z0: known(6) } } : {}),
    ...(i % 5 === 0 ? { chunk: { weights: mask.map((bit) => bit * 0.75), y: draw(D, 8) } } : {}),
  };
}

/**
 * The next K steps of some rows as a macro-step; rows that end inside it go idle. `extended` brings tables of
 * guidance and fixed actions in any case, a row with a chunk those of chunks.
 */
export function assembleMacroStep(states: readonly ProbeState[], stepsPerCall: number, extended: boolean): MacroStep {
  const B = states.length;
  const D = states[0]?.x.length ?? 0;
  const x = new Float32Array(B * D);
  const timesteps = new Int32Array(stepsPerCall * B);
  const coefficients = new Float32Array(stepsPerCall * B * COEFFICIENTS_PER_STEP);
  for (const [i, state] of states.entries()) {
    x.set(state.x, i * D);
    for (let k = 0; k < stepsPerCall; k++) {
      const step = state.row.steps[state.done + k];
      timesteps[k * B + i] = step?.timestep ?? 0;
      coefficients.set(step?.coefficients ?? IDLE_ROW, (k * B + i) * COEFFICIENTS_PER_STEP);
    }
  }
  return {
    numRows: B,
    stepsPerCall,
    x,
    timesteps,
    coefficients,
    noise: noiseTable(states, stepsPerCall, D),
    realTimeChunking: states.some(({ row }) => row.chunk) ? chunkTables(states, stepsPerCall, D) : undefined,
    ...(extended
      ? { ...guidanceTables(states), fixedActions: fixedActionTables(states, stepsPerCall, D) }
      : { conditions: concatenate(states.map(({ row }) => row.condition)) }),
  };
}

function noiseTable(states: readonly ProbeState[], stepsPerCall: number, D: number): MacroStep['noise'] {
  const B = states.length;
  const noisy = states.some(({ row }) => row.steps.some(({ z }) => z));
  const M = noisy ? B + 1 : 1;
  const z = new Float32Array(stepsPerCall * M * D);
  const index = new Int32Array(B);
  for (const [i, { row, done }] of states.entries()) {
    if (!row.steps.some((step) => step.z)) continue;
    index[i] = i + 1;
    for (let k = 0; k < stepsPerCall; k++) {
      const noise = row.steps[done + k]?.z;
      if (noise) z.set(noise, (k * M + i + 1) * D);
    }
  }
  return { z, index };
}

function guidanceTables(states: readonly ProbeState[]): Pick<MacroStep, 'conditions' | 'guidance'> {
  const own = Int32Array.from(states.keys());
  const nullIndex = own.slice();
  const source = [...own];
  const conditions = states.map(({ row }) => row.condition);
  for (const [i, { row }] of states.entries()) {
    if (!row.guidance) continue;
    nullIndex[i] = source.length;
    source.push(i);
    conditions.push(row.guidance.nullCondition);
  }
  const scale = Float32Array.from(states, ({ row }) => row.guidance?.scale ?? 1);
  return {
    conditions: concatenate(conditions),
    guidance: { source: Int32Array.from(source), condIndex: own, nullIndex, scale },
  };
}

function fixedActionTables(states: readonly ProbeState[], stepsPerCall: number, D: number): MacroStep['fixedActions'] {
  const B = states.length;
  const zeros = new Float32Array(D);
  const known = states.flatMap(({ row }) => row.fixed ?? []);
  const index = new Int32Array(B);
  const levels = new Float32Array(stepsPerCall * B * 2);
  let next = 1;
  for (const [i, { row, done }] of states.entries()) {
    if (row.fixed) index[i] = next++;
    for (let k = 0; k < stepsPerCall; k++) {
      levels.set((row.steps[done + k] ?? row.steps.at(-1))?.levels ?? [1, 0], (k * B + i) * 2);
    }
  }
  return {
    keep: concatenate([zeros.map(() => 1), ...known.map(({ keep }) => keep)]),
    y: concatenate([zeros, ...known.map(({ y }) => y)]),
    z0: concatenate([zeros, ...known.map(({ z0 }) => z0)]),
    index,
    levels,
  };
}

function chunkTables(states: readonly ProbeState[], stepsPerCall: number, D: number): MacroStep['realTimeChunking'] {
  const B = states.length;
  const zeros = new Float32Array(D);
  const index = new Int32Array(B);
  const pull = new Float32Array(stepsPerCall * B);
  const chunks: NonNullable<ProbeRow['chunk']>[] = [{ weights: zeros, y: zeros }];
  for (const [i, { row, done }] of states.entries()) {
    if (!row.chunk) continue;
    index[i] = chunks.length;
    chunks.push(row.chunk);
    for (let k = 0; k < stepsPerCall; k++) pull[k * B + i] = row.steps[done + k]?.pull ?? 0;
  }
  return {
    weights: concatenate(chunks.map(({ weights }) => weights)),
    y: concatenate(chunks.map(({ y }) => y)),
    index,
    pull,
  };
}

function concatenate(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((length, array) => length + array.length, 0));
  let offset = 0;
  for (const array of arrays) {
    all.set(array, offset);
    offset += array.length;
  }
  return all;
}
