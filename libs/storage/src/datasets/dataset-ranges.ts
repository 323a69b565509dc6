import { setImmediate as nextTurn } from 'node:timers/promises';
import { epsilonOf, InputError, type Numbers } from '#ddim';
import { ITEM_BYTES, tensorBytes, viewTensor, type TypedTensor } from '../formats/tensor.js';
import { toNumbers } from '../formats/to-float32.js';

/**
 * Smallest and largest value of each dimension of an array, [dim] each, and the spacing of its numbers at 1.
 */
export interface DimensionRanges {
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly epsilon: number;
}

/** Converted at a time; a turn of the event loop passes in between. */
const PIECE_ELEMENTS = 1_048_576;

/**
 * Looks at every number of an array [rows,dim].
 * @param skipped [rows], 1 = not looked at; absent: all are
 * @throws InputError `non_finite_input` for a number that is none in float32
 */
export async function measureRanges(
  name: string,
  tensor: TypedTensor,
  { dim, skipped }: { readonly dim: number; readonly skipped: Uint8Array | undefined },
): Promise<DimensionRanges> {
  const ranges = { min: new Float64Array(dim).fill(Infinity), max: new Float64Array(dim).fill(-Infinity) };
  const bytes = tensorBytes(tensor);
  const rowBytes = dim * ITEM_BYTES[tensor.dtype];
  const rowsPerPiece = Math.max(Math.floor(PIECE_ELEMENTS / Math.max(dim, 1)), 1);
  let epsilon = 0;
  for (let row = 0; row * rowBytes < bytes.length; row += rowsPerPiece) {
    const piece = bytes.subarray(row * rowBytes, (row + rowsPerPiece) * rowBytes);
    const values = toNumbers(viewTensor(tensor.dtype, [piece.length / ITEM_BYTES[tensor.dtype]], piece));
    epsilon = epsilonOf(values);
    for (let i = 0; i * dim < values.length; i++)
      if (skipped?.[row + i] !== 1) widen(name, values, { from: i * dim, ...ranges });
    await nextTurn();
  }
  return { ...ranges, epsilon };
}

function widen(
  name: string,
  values: Numbers,
  { from, min, max }: { readonly from: number; readonly min: Float64Array; readonly max: Float64Array },
): void {
  for (let j = 0; j < min.length; j++) {
    const value = values[from + j];
    if (!Number.isFinite(Math.fround(value)))
      throw new InputError('non_finite_input', `${name} must hold finite float32 numbers alone, got ${value}`, {
        field: name,
      });
    if (value < min[j]) min[j] = value;
    if (value > max[j]) max[j] = value;
  }
}
