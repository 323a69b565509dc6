import { InputError } from '#ddim';
import { parseNpyHeader } from './npy-header.js';
import { toRowMajor } from './row-major.js';
import {
  checkTensorShape,
  elementCount,
  ITEM_BYTES,
  tensorBytes,
  viewTensor,
  type Dtype,
  type TypedTensor,
} from './tensor.js';

/** Kind and bytes of the types that we know; before them stands the order of their bytes. */
const KINDS: ReadonlyMap<string, Dtype> = new Map([
  ['f2', 'float16'],
  ['f4', 'float32'],
  ['f8', 'float64'],
  ['i1', 'int8'],
  ['i2', 'int16'],
  ['i4', 'int32'],
  ['i8', 'int64'],
  ['u1', 'uint8'],
  ['u2', 'uint16'],
  ['u4', 'uint32'],
  ['u8', 'uint64'],
  ['b1', 'bool'],
]);
const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
const ALIGNMENT = 64;
/** NumPy leaves room to grow the first dimension in place. */
const GROWTH_DIGITS = 21;
const MAX_HEADER_BYTES = 10_000;

/**
 * The bytes that numpy.save writes for the same array (format 1.0). @throws InputError `shape_mismatch`,
 * `unsupported_dtype`
 */
export function encodeNpy(tensor: TypedTensor): Uint8Array {
  checkTensorShape('array', tensor.shape, tensor.data);
  const text = headerText(tensor);
  const prefix = MAGIC.length + 4;
  const headerBytes = Math.ceil((prefix + text.length + 1) / ALIGNMENT) * ALIGNMENT - prefix;
  const file = new Uint8Array(prefix + headerBytes + tensor.data.byteLength);
  file.set(MAGIC);
  file.set([1, 0, headerBytes & 255, headerBytes >> 8], MAGIC.length);
  file.set(Buffer.from(`${text.padEnd(headerBytes - 1)}\n`, 'latin1'), prefix);
  file.set(tensorBytes(tensor), prefix + headerBytes);
  return file;
}

/**
 * The array of an npy file, a view into the bytes where alignment, byte order and order of the elements allow
 * it; limits: header 10 kB, 32 dimensions.
 * @param name of the array, in errors
 * @throws InputError `invalid_npy`, `unsupported_dtype` or `size_mismatch`
 */
export function decodeNpy(bytes: Uint8Array, name?: string): TypedTensor {
  const { headerOffset, dataOffset } = locateHeader(bytes);
  const { descr, fortranOrder, shape } = parseNpyHeader(latin1(bytes.subarray(headerOffset, dataOffset)));
  return tensorOf({ descr, fortranOrder, shape, data: bytes.subarray(dataOffset) }, name);
}

/**
 * The array that some bytes hold, as NumPy describes them; a view into the bytes where decodeNpy gives one.
 * @param array `descr` as in `dtype.str`, such as `<f4`
 * @throws InputError `invalid_npy`, `unsupported_dtype` or `size_mismatch`
 */
export function tensorOf(
  { descr, fortranOrder, shape, data }: ReturnType<typeof parseNpyHeader> & { readonly data: Uint8Array },
  name?: string,
): TypedTensor {
  const dtype = KINDS.get(descr.slice(1));
  if (!dtype || !(ITEM_BYTES[dtype] === 1 ? '|' : '<>').includes(descr[0]))
    throw new InputError(
      'unsupported_dtype',
      `${name ?? 'the array'} must be of a type among ${[...KINDS.values()].join(', ')}, got ${descr.slice(0, 40)}`,
      name === undefined ? {} : { field: name },
    );
  const itemBytes = ITEM_BYTES[dtype];
  const count = elementCount(shape);
  if (count === undefined) throw invalid(`[${shape.join(',')}] is no shape`);
  if (BigInt(count) * BigInt(itemBytes) !== BigInt(data.length))
    throw new InputError(
      'size_mismatch',
      `[${shape.join(',')}] of ${descr} needs ${BigInt(count) * BigInt(itemBytes)} bytes, got ${data.length}`,
    );
  const native = descr.startsWith('>') ? swapBytes(data, itemBytes) : data;
  return viewTensor(dtype, shape, fortranOrder ? toRowMajor(native, shape, itemBytes) : native);
}

/** Elements with their bytes in the other order; a copy. */
function swapBytes(data: Uint8Array, itemBytes: number): Uint8Array {
  const copy = Buffer.from(new Uint8Array(data).buffer);
  if (itemBytes === 2) return copy.swap16();
  return itemBytes === 4 ? copy.swap32() : copy.swap64();
}

function headerText({ dtype, shape }: TypedTensor): string {
  const kind = [...KINDS].find(([, known]) => known === dtype)?.[0];
  if (kind === undefined) throw new InputError('unsupported_dtype', `npy has no type for ${dtype}`);
  const descr = `${ITEM_BYTES[dtype] === 1 ? '|' : '<'}${kind}`;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const room = shape.length === 0 ? '' : ' '.repeat(GROWTH_DIGITS - `${shape[0]}`.length);
  return `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }${room}`;
}

function locateHeader(bytes: Uint8Array): { headerOffset: number; dataOffset: number } {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) throw invalid('the file must begin with \\x93NUMPY');
  const [major, minor] = bytes.subarray(MAGIC.length);
  // Versions 2 and 3 have a longer length field; 3 may use UTF-8, which only field names of structures need.
  const lengthBytes = major === 1 ? 2 : 4;
  if (minor !== 0 || major === undefined || major < 1 || major > 3)
    throw invalid(`the version must be 1.0, 2.0 or 3.0, got ${major}.${minor}`);
  const headerOffset = MAGIC.length + 2 + lengthBytes;
  if (bytes.length < headerOffset) throw invalid('the file ends within its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = lengthBytes === 2 ? view.getUint16(MAGIC.length + 2, true) : view.getUint32(MAGIC.length + 2, true);
  const limit = Math.min(MAX_HEADER_BYTES, bytes.length - headerOffset);
  if (length > limit) throw invalid(`the header must have at most ${limit} bytes, got ${length}`);
  return { headerOffset, dataOffset: headerOffset + length };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function invalid(message: string): InputError {
  return new InputError('invalid_npy', `invalid npy file: ${message}`);
}
