import { checkLength, checkWithin } from '../checks.js';
import { RANGES } from '../vocabulary.js';

/** The arrays [rows,D] that a request may give of its rows, normalised; D numbers per row. */
const ROW_ARRAYS = [
  'initialNoise', // instead of the rows' own seeded noise
  'initialActions', // the start of an encode, or of a plan that starts in the middle
] as const;

/** Known elements of every row: mask [D] with 1 = known; values [rows,D], normalised. */
interface FixedActions {
  readonly mask: Uint8Array;
  readonly values: Float32Array;
}

/**
 * The plan under way, which all rows are pulled towards: weights [D] in 0..1; values [rows,D], normalised,
 * each action at its place in the next plan; maxWeight bounds the pull of one step.
 */
interface RowChunking {
  readonly weights: Float32Array;
  readonly values: Float32Array;
  readonly maxWeight: number;
}

/**
 * What a request gives of its rows beside their conditions: each of ROW_ARRAYS, and what is known of the
 * result or wanted of it.
 */
export interface RowArrays extends Readonly<Partial<Record<(typeof ROW_ARRAYS)[number], Float32Array>>> {
  readonly fixedActions?: FixedActions;
  readonly realTimeChunking?: RowChunking;
}

/** @throws InputError `shape_mismatch` naming the first array that has not its shape */
export function checkRowArrays(arrays: RowArrays, rows: number, outputSize: number): void {
  for (const name of ROW_ARRAYS) {
    const array = arrays[name];
    if (array) checkLength(name, array.length, rows * outputSize, '[rows,D]');
  }
  const { fixedActions, realTimeChunking } = arrays;
  if (fixedActions) {
    checkLength('fixedActions.mask', fixedActions.mask.length, outputSize, '[D]');
    checkLength('fixedActions.values', fixedActions.values.length, rows * outputSize, '[rows,D]');
  }
  if (realTimeChunking) {
    checkLength('realTimeChunking.weights', realTimeChunking.weights.length, outputSize, '[D]');
    checkLength('realTimeChunking.values', realTimeChunking.values.length, rows * outputSize, '[rows,D]');
    checkWithin('realTimeChunking.maxWeight', realTimeChunking.maxWeight, RANGES.chunkingMaxWeight);
  }
}

/** Numbers of all the arrays that every row has a part of. */
export function countRowNumbers({ fixedActions, realTimeChunking, ...arrays }: RowArrays): number {
  const values = (fixedActions?.values.length ?? 0) + (realTimeChunking?.values.length ?? 0);
  return ROW_ARRAYS.reduce((sum, name) => sum + (arrays[name]?.length ?? 0), values);
}

/** The same arrays, copied one by one. */
export function copyRowArrays(
  arrays: RowArrays,
  copy: {
    readonly numbers: (array: Float32Array) => Float32Array;
    readonly mask: (array: Uint8Array) => Uint8Array;
  },
): RowArrays {
  const copies: { -readonly [Name in keyof RowArrays]: RowArrays[Name] } = {};
  for (const name of ROW_ARRAYS) copies[name] = arrays[name] && copy.numbers(arrays[name]);
  const { fixedActions: fixed, realTimeChunking: chunk } = arrays;
  copies.fixedActions = fixed && { mask: copy.mask(fixed.mask), values: copy.numbers(fixed.values) };
  copies.realTimeChunking = chunk && {
    weights: copy.numbers(chunk.weights),
    values: copy.numbers(chunk.values),
    maxWeight: chunk.maxWeight,
  };
  return copies;
}
