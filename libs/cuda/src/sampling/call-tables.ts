/** The tables of a macro-step, each with what it must hold. Knows nothing of where they lie. */

import { BackendError, COEFFICIENTS_PER_STEP, outputSize, type MlpDenoiserConfig } from '#ddim';
import type { MacroStep } from '#engine';
import type { CALL_WORDS } from '../kernels/kernel-interface.js';
import { laneTable } from './lanes.js';

/** A table of the call. */
export interface CallTable {
  /** Where the head says where it lies. */
  readonly place: keyof typeof CALL_WORDS;
  readonly data: Float32Array | Int32Array;
  /** Numbers that it must have. */
  readonly length: number;
  /** Whether it differs from call to call of the same rows. */
  readonly changes?: true;
  /** All its numbers must be from 0 to below this: what they point to has no more. */
  readonly below?: number;
}

/**
 * All that is uploaded: what changes from call to call of the same rows, then the rest, x last.
 * @throws BackendError when a table does not have its size, or points outside of another: a kernel would read
 * memory that is not its own
 */
export function callTables(config: MlpDenoiserConfig, macroStep: MacroStep): readonly CallTable[] {
  const { numRows: B, stepsPerCall: K, guidance, noise } = macroStep;
  const D = outputSize(config);
  const R = guidance?.source.length ?? B;
  const M = noiseRows(config, macroStep);
  const tables: CallTable[] = [
    { place: 'timesteps', data: macroStep.timesteps, length: K * B, below: config.numTrainTimesteps, changes: true },
    { place: 'coefficients', data: macroStep.coefficients, length: K * B * COEFFICIENTS_PER_STEP, changes: true },
    { place: 'z', data: noise.z, length: K * M * D, changes: true },
    { place: 'noiseIndex', data: noise.index, length: B, below: M, changes: true },
    { place: 'laneTable', ...whole(laneTable(macroStep)) },
    { place: 'conditions', data: macroStep.conditions, length: R * config.hiddenSize },
    ...(guidance ? [{ place: 'scale' as const, data: guidance.scale, length: B }] : []),
    ...fixedTables(macroStep, D),
    ...chunkTables(macroStep, D),
    { place: 'x', data: macroStep.x, length: B * D },
  ];
  for (const table of tables) checkTable(table, B);
  return [...tables.filter(({ changes }) => changes), ...tables.filter(({ changes }) => !changes)];
}

/** M: rows of z, 1 at least. */
export function noiseRows(config: MlpDenoiserConfig, { stepsPerCall: K, noise }: MacroStep): number {
  return Math.max(1, Math.floor(noise.z.length / (K * outputSize(config))));
}

function fixedTables({ numRows: B, stepsPerCall: K, fixedActions: fixed }: MacroStep, D: number): CallTable[] {
  if (!fixed) return [];
  const Q = fixed.keep.length / D;
  return [
    { place: 'keep', data: fixed.keep, length: Q * D },
    { place: 'fixedY', data: fixed.y, length: Q * D },
    { place: 'fixedZ0', data: fixed.z0, length: Q * D },
    { place: 'fixedIndex', data: fixed.index, length: B, below: Q },
    { place: 'levels', data: fixed.levels, length: K * B * 2, changes: true },
  ];
}

function chunkTables({ numRows: B, stepsPerCall: K, realTimeChunking: chunk }: MacroStep, D: number): CallTable[] {
  if (!chunk) return [];
  const Q = chunk.weights.length / D;
  return [
    { place: 'chunkWeights', data: chunk.weights, length: Q * D },
    { place: 'chunkY', data: chunk.y, length: Q * D },
    { place: 'chunkIndex', data: chunk.index, length: B, below: Q },
    { place: 'pull', data: chunk.pull, length: K * B, changes: true },
  ];
}

function whole(data: Int32Array): { readonly data: Int32Array; readonly length: number } {
  return { data, length: data.length };
}

function checkTable({ place, data, length, below }: CallTable, numRows: number): void {
  if (data.length !== length)
    throw new BackendError(`${place} of ${numRows} rows must have ${length} numbers, got ${data.length}`);
  const outside = below === undefined ? undefined : data.find((value) => value < 0 || value >= below);
  if (outside !== undefined) throw new BackendError(`${place} must be from 0 to below ${below}, got ${outside}`);
}
