import { InputError } from '#ddim';
import { visitMembers } from './json-keys.js';
import { elementCount } from './tensor.js';

/** One tensor of the header; `begin` and `end` in bytes from `dataOffset`. */
interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

interface SafetensorsHeader {
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Bytes from the start of the file to the first tensor. */
  readonly dataOffset: number;
}

const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 1_048_576;
/** So many of the first bytes of a file hold its header. */
export const SAFETENSORS_HEAD_BYTES = LENGTH_BYTES + MAX_HEADER_BYTES;
const MAX_TENSORS = 4_096;
const MAX_NAME_BYTES = 256;
const METADATA = '__metadata__';

/**
 * Bytes per element of every dtype that the format knows: a file is checked before anybody asks whether we
 * can read it.
 */
const DTYPE_BYTES: ReadonlyMap<unknown, number> = new Map([
  ...['BOOL', 'U8', 'I8', 'F8_E5M2', 'F8_E4M3', 'F8_E8M0'].map((name) => [name, 1] as const),
  ...['I16', 'U16', 'F16', 'BF16'].map((name) => [name, 2] as const),
  ...['I32', 'U32', 'F32'].map((name) => [name, 4] as const),
  ...['I64', 'U64', 'F64', 'C64'].map((name) => [name, 8] as const),
]);

/**
 * Reads and checks everything before the tensors.
 * @param bytes the file, or its first bytes: at least 8 and the header
 * @throws InputError `invalid_safetensors` or `too_many_tensors`
 */
export function parseSafetensorsHeader(bytes: Uint8Array, fileBytes = bytes.length): SafetensorsHeader {
  const header = headerBytes(bytes);
  const fields = parseObject(header);
  const names = [...fields.keys()].filter((name) => name !== METADATA);
  if (names.length > MAX_TENSORS) throw tooManyTensors();
  const entries = names.map((name) => parseEntry(name, fields.get(name)));
  const dataOffset = LENGTH_BYTES + header.length;
  checkLayout(entries, fileBytes - dataOffset);
  return { entries, metadata: parseMetadata(fields.get(METADATA)), dataOffset };
}

function headerBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length < LENGTH_BYTES) throw invalid(`the file must have at least 8 bytes, got ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length === 0n || length > BigInt(bytes.length - LENGTH_BYTES))
    throw invalid(`the header length must be in 1..${bytes.length - LENGTH_BYTES}, got ${length}`);
  const header = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + Number(length));
  if (header.length > MAX_HEADER_BYTES) {
    if (namesTooManyTensors(header)) throw tooManyTensors();
    throw invalid(`the header must have at most ${MAX_HEADER_BYTES} bytes, got ${header.length}`);
  }
  return header;
}

/** Counts entries of a header that is too long to be parsed. */
function namesTooManyTensors(header: Uint8Array): boolean {
  const text = Buffer.from(header.buffer, header.byteOffset, header.length);
  let count = 0;
  for (let at = text.indexOf('"data_offsets"'); at >= 0; at = text.indexOf('"data_offsets"', at + 1))
    if (++count > MAX_TENSORS) return true;
  return false;
}

function parseObject(header: Uint8Array): ReadonlyMap<string, unknown> {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError('invalid_safetensors', 'invalid safetensors file: the header must be JSON in UTF-8', {
      cause,
    });
  }
  if (!text.startsWith('{')) throw invalid('the header must start with "{"');
  visitMembers(text, (name, isRepeated) => {
    if (isRepeated) throw invalid(`the header names ${quote(name)} twice`);
  });
  return new Map(objectEntries('the header', value));
}

function parseEntry(name: string, value: unknown): SafetensorsEntry {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw invalid(`names must have at most ${MAX_NAME_BYTES} bytes`);
  const what = `tensor ${quote(name)}`;
  const fields = new Map(objectEntries(what, value));
  const dtype = fields.get('dtype');
  const itemBytes = DTYPE_BYTES.get(dtype);
  if (typeof dtype !== 'string' || itemBytes === undefined) throw invalid(`${what} has an unknown dtype`);
  const shape = integers(fields.get('shape'));
  const count = shape && elementCount(shape);
  if (!shape || count === undefined) throw invalid(`${what} has no valid shape`);
  const [begin, end, ...rest] = integers(fields.get('data_offsets')) ?? [];
  if (begin === undefined || end === undefined || rest.length > 0) throw invalid(`${what} has no valid data_offsets`);
  if (fields.size !== 3) throw invalid(`${what} must have dtype, shape and data_offsets alone`);
  if (BigInt(count) * BigInt(itemBytes) !== BigInt(end) - BigInt(begin))
    throw invalid(`${what} [${shape.join(',')}] of ${dtype} does not fill bytes ${begin} to ${end}`);
  return { name, dtype, shape, begin, end };
}

function parseMetadata(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  const entries = objectEntries(METADATA, value).map(([key, text]): [string, string] => {
    if (typeof text !== 'string') throw invalid(`${METADATA} must hold strings alone`);
    return [key, text];
  });
  // fromEntries defines properties, so that a key `__proto__` is one like any other.
  return Object.fromEntries(entries);
}

/** Every byte of the data belongs to exactly one tensor. */
function checkLayout(entries: readonly SafetensorsEntry[], dataBytes: number): void {
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered)
      throw invalid(
        `tensor ${quote(name)} must begin at byte ${covered} of the data, got ${begin}: a hole or an overlap`,
      );
    covered = end;
  }
  if (covered !== dataBytes) throw invalid(`the tensors must fill ${dataBytes} bytes of data, got ${covered}`);
}

function objectEntries(what: string, value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${what} must be an object`);
  return Object.entries(value);
}

function integers(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const elements: readonly unknown[] = value;
  const sizes = elements.filter((size) => typeof size === 'number' && Number.isSafeInteger(size) && size >= 0);
  return sizes.length === elements.length ? sizes.map(Number) : undefined;
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}

function invalid(message: string): InputError {
  return new InputError('invalid_safetensors', `invalid safetensors file: ${message}`);
}

function tooManyTensors(): InputError {
  return new InputError('too_many_tensors', `a safetensors file may hold at most ${MAX_TENSORS} tensors`);
}
