import { InputError, type NamedTensor } from '#ddim';
import { parseSafetensorsHeader } from './safetensors-header.js';
import { checkTensorShape, tensorBytes, viewTensor, type Dtype, type NamedTypedTensor } from './tensor.js';

interface Safetensors {
  /** In the order of the file's header; data are views into the bytes where alignment allows. */
  readonly tensors: ReadonlyMap<string, NamedTypedTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The format's names, in the order in which its reference implementation lays tensors out: widest alignment
 * first.
 */
const DTYPE_NAMES: ReadonlyMap<string, Dtype> = new Map([
  ['U64', 'uint64'],
  ['I64', 'int64'],
  ['F64', 'float64'],
  ['F32', 'float32'],
  ['U32', 'uint32'],
  ['I32', 'int32'],
  ['BF16', 'bfloat16'],
  ['F16', 'float16'],
  ['U16', 'uint16'],
  ['I16', 'int16'],
  ['I8', 'int8'],
  ['U8', 'uint8'],
  ['BOOL', 'bool'],
]);
const LAYOUT = [...DTYPE_NAMES].map(([written, dtype]) => ({ written, dtype }));
const LENGTH_BYTES = 8;
const ALIGNMENT = 8;

/**
 * A safetensors file with the bytes that the Python library writes for the same tensors: sorted by dtype,
 * then by name; header padded with spaces to a multiple of 8. Tensors without dtype have that of their array.
 * @throws InputError `shape_mismatch` when data and shape disagree, `validation_failed` when a name comes
 * twice
 */
export function encodeSafetensors(
  tensors: readonly (NamedTensor | NamedTypedTensor)[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const sorted = tensors.map((tensor) => ({ ...tensor, ...layoutOf(tensor) })).sort(byLayout);
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) header.set('__metadata__', metadata);
  let end = 0;
  for (const { name, written, shape, data } of sorted) {
    checkTensorShape(name, shape, data);
    if (header.has(name)) throw new InputError('validation_failed', `tensor ${name} comes twice`, { field: name });
    header.set(name, { dtype: written, shape, data_offsets: [end, (end += data.byteLength)] });
  }
  const json = Buffer.from(formatObject(header));
  const headerBytes = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(json, LENGTH_BYTES);
  file.fill(0x20, LENGTH_BYTES + json.length, LENGTH_BYTES + headerBytes);
  let offset = LENGTH_BYTES + headerBytes;
  for (const { data } of sorted) {
    file.set(tensorBytes({ data }), offset);
    offset += data.byteLength;
  }
  return file;
}

/**
 * The tensors of a safetensors file, or those that are wanted of them; limits: header 1 MiB, 4,096 tensors,
 * names 256 bytes, no holes, no overlap, nothing left over.
 * @throws InputError `invalid_safetensors`, `too_many_tensors` or `unsupported_dtype`
 */
export function decodeSafetensors(bytes: Uint8Array, wanted?: ReadonlySet<string>): Safetensors {
  const { metadata, places } = safetensorsPlaces(bytes, { fileBytes: bytes.length, wanted });
  const tensors = new Map<string, NamedTypedTensor>();
  for (const [name, { dtype, shape, start, end }] of places)
    tensors.set(name, { name, ...viewTensor(dtype, shape, bytes.subarray(start, end)) });
  return { tensors, metadata };
}

/** Where the bytes of a tensor lie in its file, from `start` until before `end`. */
interface TensorPlace {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/**
 * Where the tensors of a file lie, or those that are wanted of them.
 * @param head the file, or its first bytes: SAFETENSORS_HEAD_BYTES are enough
 * @throws InputError like decodeSafetensors
 */
export function safetensorsPlaces(
  head: Uint8Array,
  { fileBytes, wanted }: { readonly fileBytes: number; readonly wanted?: ReadonlySet<string> | undefined },
): Pick<Safetensors, 'metadata'> & { readonly places: ReadonlyMap<string, TensorPlace> } {
  const { entries, metadata, dataOffset } = parseSafetensorsHeader(head, fileBytes);
  const places = new Map<string, TensorPlace>();
  for (const { name, dtype: written, shape, begin, end } of entries) {
    if (wanted?.has(name) === false) continue;
    const dtype = DTYPE_NAMES.get(written);
    if (!dtype)
      throw new InputError(
        'unsupported_dtype',
        `tensor ${name} must be one of ${[...DTYPE_NAMES.keys()].join(', ')}, got ${written}`,
        { field: name },
      );
    places.set(name, { dtype, shape, start: dataOffset + begin, end: dataOffset + end });
  }
  return { metadata, places };
}

interface Layout {
  readonly written: string;
  readonly rank: number;
}

function layoutOf(tensor: NamedTensor | NamedTypedTensor): Layout {
  const dtype = 'dtype' in tensor ? tensor.dtype : tensor.data instanceof Float64Array ? 'float64' : 'float32';
  const rank = LAYOUT.findIndex((layout) => layout.dtype === dtype);
  return { written: LAYOUT[rank].written, rank };
}

function byLayout(a: Layout & { name: string }, b: Layout & { name: string }): number {
  return a.rank - b.rank || Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}

/** JSON of a map: an object would reorder names that look like numbers. */
function formatObject(fields: ReadonlyMap<string, unknown>): string {
  return `{${[...fields].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}
