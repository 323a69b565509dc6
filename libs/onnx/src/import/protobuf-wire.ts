/**
 * Thrown when bytes are not a protobuf message, end in the middle of one, or spell it in a way that readers
 * take differently.
 */
export class WireError extends Error {}

/** How the value of a field is written. */
export const WIRE_TYPES = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** One field of a message as it lies in the bytes. */
export interface WireField {
  readonly number: number;
  readonly wireType: number;
  /** Where its tag begins. */
  readonly at: number;
  /** Its value alone: a view, without the length that stands before it. */
  readonly value: Uint8Array;
}

const MAX_VARINT_BYTES = 10;
const MAX_TAG = 2 ** 32 - 1;
/** Wire types have the three low bits of a tag. */
const NUMBER_FACTOR = 8;

/**
 * The fields of a message one after the other; nothing is copied. Every number has one spelling only: readers
 * disagree about tags of more than 32 bits and about integers that are longer than they need be, and who
 * checks bytes for another reader must not.
 * @throws WireError where the bytes are no message any more
 */
export function* readFields(bytes: Uint8Array): Generator<WireField> {
  for (let at = 0; at < bytes.length;) {
    const tagEnd = varintEnd(bytes, at);
    const tag = varintValue(bytes, at, tagEnd);
    if (tag > MAX_TAG) throw new WireError(`the tag at byte ${at} has more than 32 bits`);
    const number = Math.floor(tag / NUMBER_FACTOR);
    const wireType = tag % NUMBER_FACTOR;
    const { from, to } = findValue(bytes, wireType, tagEnd);
    if (number === 0 || to > bytes.length)
      throw new WireError(`field ${number} at byte ${at} does not fit into ${bytes.length - at} bytes`);
    yield { number, wireType, at, value: bytes.subarray(from, to) };
    at = to;
  }
}

/** How many integers lie packed one behind the other. @throws WireError when they are none */
export function countVarints(bytes: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at = varintEnd(bytes, at)) count += 1;
  return count;
}

/** The integers of a value that holds one, or many packed. */
export function* integersOf(bytes: Uint8Array): Generator<bigint> {
  for (let at = 0; at < bytes.length;) {
    const end = varintEnd(bytes, at);
    let value = 0n;
    for (let i = end - 1; i >= at; i--) value = (value << 7n) | BigInt(bytes[i] & 127);
    yield BigInt.asIntN(64, value);
    at = end;
  }
}

/** Bytes that the varint of `value`, a safe integer from 0, takes. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

/** Writes a safe integer from 0. @returns where it ends */
export function writeVarint(value: number, out: Uint8Array, at: number): number {
  let rest = value;
  let to = at;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out[to++] = (rest % 128) + 128;
  out[to++] = rest;
  return to;
}

/** The tag of a field. */
export function tagOf(number: number, wireType: number): number {
  return number * NUMBER_FACTOR + wireType;
}

/** Where a field's value begins and ends; the end may lie beyond the bytes. */
function findValue(bytes: Uint8Array, wireType: number, at: number): { from: number; to: number } {
  switch (wireType) {
    case WIRE_TYPES.varint:
      return { from: at, to: varintEnd(bytes, at) };
    case WIRE_TYPES.fixed64:
      return { from: at, to: at + 8 };
    case WIRE_TYPES.bytes: {
      const from = varintEnd(bytes, at);
      return { from, to: from + varintValue(bytes, at, from) };
    }
    case WIRE_TYPES.fixed32:
      return { from: at, to: at + 4 };
    default:
      throw new WireError(`there is no wire type ${wireType}`);
  }
}

/**
 * Where the integer at `begin` ends. @throws WireError when it ends early, not within 64 bits, or could be
 * shorter
 */
function varintEnd(bytes: Uint8Array, begin: number): number {
  for (let i = 0; i < MAX_VARINT_BYTES; i++) {
    if (begin + i >= bytes.length) throw new WireError('an integer ends early');
    const byte = bytes[begin + i];
    if (byte >= 128) continue;
    if (byte === 0 && i > 0) throw new WireError(`the integer at byte ${begin} is longer than it need be`);
    if (byte > 1 && i === MAX_VARINT_BYTES - 1) break;
    return begin + i + 1;
  }
  throw new WireError(`the integer at byte ${begin} has more than 64 bits`);
}

/** Exact below 2^53, and never smaller than that for what is larger. */
function varintValue(bytes: Uint8Array, begin: number, end: number): number {
  let value = 0;
  for (let i = end - 1; i >= begin; i--) value = value * 128 + (bytes[i] & 127);
  return value;
}
