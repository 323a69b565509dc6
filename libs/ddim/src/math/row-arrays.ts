import { checkLength } from '../checks.js';

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
 * What a request gives of its rows beside their conditions: each of ROW_ARRAYS, and what is known of the
 * result.
 */
export interface RowArrays extends Readonly<Partial<Record<(typeof ROW_ARRAYS)[number], Float32Array>>> {
  readonly fixedActions?: FixedActions;
}

/** @throws InputError `shape_mismatch` naming the first array that has not its shape */
export function checkRowArrays(arrays: RowArrays, rows: number, outputSize: number): void {
  for (const name of ROW_ARRAYS) {
    const array = arrays[name];
    if (array) checkLength(name, array.length, rows * outputSize, '[rows,D]');
  }
  const { fixedActions } = arrays;
  if (!fixedActions) return;
  checkLength('fixedActions.mask', fixedActions.mask.length, outputSize, '[D]');
  checkLength('fixedActions.values', fixedActions.values.length, rows * outputSize, '[rows,D]');
}

/** Numbers of all the arrays together, without the mask. */
export function countRowNumbers(arrays: RowArrays): number {
  return ROW_ARRAYS.reduce((sum, name) => sum + (arrays[name]?.length ?? 0), arrays.fixedActions?.values.length ?? 0);
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
  const { fixedActions: fixed } = arrays;
  copies.fixedActions = fixed && { mask: copy.mask(fixed.mask), values: copy.numbers(fixed.values) };
  return copies;
}
