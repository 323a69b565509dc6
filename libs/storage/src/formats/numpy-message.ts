import { InputError } from '#ddim';
import { Packr } from 'msgpackr';
import { checkMsgpack } from './msgpack-bounds.js';
import { tensorOf } from './npy.js';
import { elementCount, tensorBytes, type Dtype, type TypedTensor } from './tensor.js';
import { toFloat32 } from './to-float32.js';

/** A map of a message; its values are what msgpack has, and maps. */
export type Message = ReadonlyMap<string, unknown>;

/** How the keys of an array's map are written: openpi takes bytes, vla-eval text. */
type ArrayKeys = 'bytes' | 'text';

const packr = new Packr({ mapsAsObjects: false, useRecords: false, int64AsType: 'number' });

const ARRAY = '__ndarray__';
const SCALAR = '__npgeneric__';
const DESCR: ReadonlyMap<Dtype, string> = new Map([
  ['float32', '<f4'],
  ['float64', '<f8'],
]);

/**
 * Reads a message of a policy's client: msgpack as `msgpack_numpy` of openpi writes it. Nothing is made of
 * what it holds before `numbersIn` or `plainIn` look.
 * @throws InputError `invalid_message` unless it is one map with text for keys
 */
export function decodeMessage(bytes: Uint8Array): Message {
  checkMsgpack(bytes);
  const value: unknown = packr.unpack(bytes);
  if (!(value instanceof Map)) throw invalid(`expected a map, got ${kindOf(value)}`);
  return textKeys(value);
}

/** A map of a message. @throws InputError `invalid_message` naming it */
export function messageIn(value: unknown, name: string): Message {
  if (!(value instanceof Map)) throw invalid(`${name}: expected a map, got ${kindOf(value)}`, name);
  return textKeys(value);
}

/** The bytes of a message; fields that are undefined are left out. */
export function encodeMessage(fields: Readonly<Record<string, unknown>>): Buffer {
  return packr.pack(withoutUndefined(fields));
}

/** An array as a value of a message. */
export function arrayValue(
  { dtype, shape, data }: TypedTensor & { readonly dtype: 'float32' | 'float64' },
  keys: ArrayKeys = 'bytes',
): unknown {
  const fields: readonly (readonly [string, unknown])[] = [
    [ARRAY, true],
    ['data', Buffer.from(tensorBytes({ data }))],
    ['dtype', DESCR.get(dtype)],
    ['shape', shape],
  ];
  return new Map(fields.map(([name, value]) => [keys === 'bytes' ? Buffer.from(name) : name, value]));
}

/**
 * The numbers of a value, row-major: those of an array, of a scalar, or of a list of lists.
 * @throws InputError `invalid_message`, `unsupported_dtype`, `size_mismatch` or `non_finite_input`, naming it
 */
export function numbersIn(value: unknown, name: string): Float32Array {
  const numbers = value instanceof Map ? arrayNumbers(value, name) : Float32Array.from(listed(value, name));
  const wrong = numbers.findIndex((number) => !Number.isFinite(number));
  if (wrong >= 0)
    throw new InputError('non_finite_input', `${name}: element ${wrong} is ${numbers[wrong]}`, { field: name });
  return numbers;
}

/** A value as JSON would have it: maps as objects, and NumPy's scalars as numbers. */
export function plainIn(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((element) => plainIn(element, name));
  if (!(value instanceof Map)) return value;
  const scalar = scalarIn(value, name);
  if (scalar !== undefined) return scalar;
  return Object.fromEntries([...textKeys(value)].map(([key, inner]) => [key, plainIn(inner, key)]));
}

function arrayNumbers(map: ReadonlyMap<unknown, unknown>, name: string): Float32Array {
  const scalar = scalarIn(map, name);
  if (scalar !== undefined) return Float32Array.of(Number(scalar));
  if (field(map, ARRAY) === undefined) throw invalid(`${name}: expected numbers, got a map`, name);
  const [data, dtype, shape] = [field(map, 'data'), field(map, 'dtype'), field(map, 'shape')];
  const descr = descrOf(dtype instanceof Uint8Array ? Buffer.from(dtype).toString('latin1') : dtype);
  if (!(data instanceof Uint8Array) || descr === undefined || !isShape(shape))
    throw invalid(`${name}: an array has data (bytes), dtype (text) and shape (a list of sizes)`, name);
  try {
    return toFloat32(tensorOf({ descr, shape, data, fortranOrder: false }, name));
  } catch (error) {
    if (!(error instanceof InputError) || error.code !== 'size_mismatch') throw error;
    throw new InputError(error.code, `${name}: ${error.message}`, { field: name });
  }
}

/** `<f4`, also of what is called `float32`. */
function descrOf(dtype: unknown): string | undefined {
  if (typeof dtype !== 'string') return undefined;
  const [, kind, bits] = /^(float|int|uint|bool)(8|16|32|64)?$/.exec(dtype) ?? [];
  if (kind === undefined) return dtype;
  const bytes = Number(bits ?? 8) / 8;
  return `${bytes === 1 ? '|' : '<'}${kind[0]}${bytes}`;
}

/** A NumPy scalar; undefined: it is none. */
function scalarIn(map: ReadonlyMap<unknown, unknown>, name: string): number | boolean | undefined {
  if (field(map, SCALAR) === undefined) return undefined;
  const data = field(map, 'data');
  if (typeof data === 'number' || typeof data === 'boolean') return data;
  throw invalid(`${name}: a scalar has data (a number)`, name);
}

function listed(value: unknown, name: string): number[] {
  if (Array.isArray(value)) return value.flatMap((element) => listed(element, name));
  if (typeof value === 'number' || typeof value === 'boolean') return [Number(value)];
  throw invalid(`${name}: expected numbers, got ${kindOf(value)}`, name);
}

function isShape(shape: unknown): shape is number[] {
  return Array.isArray(shape) && shape.every((size) => typeof size === 'number') && elementCount(shape) !== undefined;
}

/** By its name in text or in bytes. */
function field(map: ReadonlyMap<unknown, unknown>, name: string): unknown {
  if (map.has(name)) return map.get(name);
  for (const [key, value] of map)
    if (key instanceof Uint8Array && Buffer.from(key).toString('latin1') === name) return value;
  return undefined;
}

function textKeys(map: ReadonlyMap<unknown, unknown>): Message {
  const entries = new Map<string, unknown>();
  for (const [key, value] of map) {
    if (typeof key !== 'string') throw invalid(`its keys must be text, got ${kindOf(key)}`);
    entries.set(key, value);
  }
  return entries;
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Map) return 'a map';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}

function withoutUndefined(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Map || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutUndefined);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutUndefined(inner)]));
}

function invalid(message: string, name?: string): InputError {
  return new InputError('invalid_message', message, name === undefined ? {} : { field: name });
}
