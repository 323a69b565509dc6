import { assertNever, InputError } from '#ddim';

/** Arrays of each dtype in memory; float16 and bfloat16 as their bits, bool as bytes where 0 is false. */
interface TensorData {
  readonly bfloat16: Uint16Array;
  readonly float16: Uint16Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int8: Int8Array;
  readonly int16: Int16Array;
  readonly int32: Int32Array;
  readonly int64: BigInt64Array;
  readonly uint8: Uint8Array;
  readonly uint16: Uint16Array;
  readonly uint32: Uint32Array;
  readonly uint64: BigUint64Array;
  readonly bool: Uint8Array;
}

export type Dtype = keyof TensorData;

/** A row-major array with its dtype and shape, which decide each other's length. */
export type TypedTensor = { readonly [D in Dtype]: TensorOf<D> }[Dtype];

interface TensorOf<D extends Dtype> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: TensorData[D];
}

/** A tensor with the name it has in a file. */
export type NamedTypedTensor = TypedTensor & { readonly name: string };

/** Dimensions of a stored tensor, as in NumPy. */
const MAX_RANK = 32;

/** Bytes per element. */
export const ITEM_BYTES: Readonly<Record<Dtype, number>> = {
  bfloat16: 2,
  float16: 2,
  float32: 4,
  float64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
};

/**
 * Number of elements of a shape, or undefined when it is no shape: a negative or fractional size, too many
 * dimensions, or more elements than can be counted exactly.
 */
export function elementCount(shape: readonly number[]): number | undefined {
  if (shape.length > MAX_RANK) return undefined;
  // Sizes of 0 are left out of the bound: [2^52, 2^52, 0] holds nothing and yet is a lie.
  let bound = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) return undefined;
    bound *= Math.max(size, 1);
    if (!Number.isSafeInteger(bound)) return undefined;
  }
  return shape.includes(0) ? 0 : bound;
}

/**
 * A tensor whose data are a view into `bytes` where alignment allows, else a copy; `bytes` hold exactly its
 * elements.
 */
export function viewTensor(dtype: Dtype, shape: readonly number[], bytes: Uint8Array): TypedTensor {
  // Not slice(): of a Buffer that is a view, not a copy.
  const aligned = bytes.byteOffset % ITEM_BYTES[dtype] === 0 ? bytes : new Uint8Array(bytes);
  const { buffer, byteOffset } = aligned;
  const length = aligned.length / ITEM_BYTES[dtype];
  switch (dtype) {
    case 'bfloat16':
    case 'float16':
    case 'uint16':
      return { dtype, shape, data: new Uint16Array(buffer, byteOffset, length) };
    case 'float32':
      return { dtype, shape, data: new Float32Array(buffer, byteOffset, length) };
    case 'float64':
      return { dtype, shape, data: new Float64Array(buffer, byteOffset, length) };
    case 'int8':
      return { dtype, shape, data: new Int8Array(buffer, byteOffset, length) };
    case 'int16':
      return { dtype, shape, data: new Int16Array(buffer, byteOffset, length) };
    case 'int32':
      return { dtype, shape, data: new Int32Array(buffer, byteOffset, length) };
    case 'int64':
      return { dtype, shape, data: new BigInt64Array(buffer, byteOffset, length) };
    case 'uint32':
      return { dtype, shape, data: new Uint32Array(buffer, byteOffset, length) };
    case 'uint64':
      return { dtype, shape, data: new BigUint64Array(buffer, byteOffset, length) };
    case 'uint8':
    case 'bool':
      return { dtype, shape, data: new Uint8Array(buffer, byteOffset, length) };
    default:
      return assertNever(dtype);
  }
}

/** The bytes of a tensor's data, not copied. */
export function tensorBytes({ data }: { readonly data: TensorData[Dtype] }): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** @throws InputError `shape_mismatch` unless `data` have exactly the elements that `shape` says */
export function checkTensorShape(name: string, shape: readonly number[], data: TensorData[Dtype]): void {
  const count = elementCount(shape);
  if (count !== data.length)
    throw new InputError('shape_mismatch', `${name} [${shape.join(',')}] needs ${count} elements, got ${data.length}`, {
      field: name,
    });
}
