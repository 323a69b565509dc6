/** WebAssembly code that leaves one value on the stack. */
export type WasmExpression = readonly number[];

type Binary = (left: WasmExpression, right: WasmExpression) => WasmExpression;
type Unary = (value: WasmExpression) => WasmExpression;

const VECTOR_PREFIX = 0xfd;
const ALIGN_16_BYTES = 4;

/**
 * Four float32 lanes. Like all of them here IEEE 754 operations one by one: the same bits on every machine.
 */
export const f32x4 = {
  splat: unary(0x13),
  sqrt: unary(0xe3),
  add: binary(0xe4),
  sub: binary(0xe5),
  mul: binary(0xe6),
  div: binary(0xe7),
  /** Of two float64 lanes; the upper lanes become 0. */
  demote: unary(0x5e),
} as const;

/** Two float64 lanes. */
export const f64x2 = {
  splat: unary(0x14),
  greater: binary(0x4a),
  sqrt: unary(0xef),
  add: binary(0xf0),
  sub: binary(0xf1),
  mul: binary(0xf2),
  div: binary(0xf3),
  /** Of the two lower int32 lanes. */
  fromSigned: unary(0xfe),
  fromUnsigned: unary(0xff),
} as const;

/** Four int32 lanes; a shift takes one i32 for all. */
export const i32x4 = {
  splat: unary(0x11),
  shiftLeft: binary(0xab),
  shiftRight: binary(0xad),
  add: binary(0xae),
  sub: binary(0xb1),
  mul: binary(0xb5),
} as const;

/** Two int64 lanes. */
export const i64x2 = {
  shiftRight: binary(0xcd),
  /** Unsigned products of the two lower, or upper, int32 lanes. */
  mulLow: binary(0xde),
  mulHigh: binary(0xdf),
} as const;

/** 128 bits. */
export const v128 = {
  and: binary(0x4e),
  or: binary(0x50),
  xor: binary(0x51),
  /** Bits of `left` where `mask` has ones, of `right` elsewhere. */
  select: (left: WasmExpression, right: WasmExpression, mask: WasmExpression): WasmExpression =>
    vectorCode(0x52, [left, right, mask]),
  /** 16 bytes at `address` + `offset`. */
  load: (address: WasmExpression, offset: number): WasmExpression =>
    vectorCode(0x00, [address], [ALIGN_16_BYTES, ...unsigned(offset)]),
  store: (address: WasmExpression, offset: number, value: WasmExpression): WasmExpression =>
    vectorCode(0x0b, [address, value], [ALIGN_16_BYTES, ...unsigned(offset)]),
  /** Four int32 lanes. */
  constant: (...lanes: readonly number[]): WasmExpression =>
    vectorCode(0x0c, [], [...new Uint8Array(Int32Array.from(lanes).buffer)]),
  /** Four lanes out of the eight of `left` (0 to 3) and `right` (4 to 7). */
  lanes: (left: WasmExpression, right: WasmExpression, chosen: readonly number[]): WasmExpression =>
    vectorCode(
      0x0d,
      [left, right],
      chosen.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
    ),
} as const;

/** A scalar constant. */
export function i32(value: number): WasmExpression {
  return [0x41, ...signed(value | 0)];
}
export function f64(value: number): WasmExpression {
  return [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];
}

/** LEB128 of 0..2^32-1. */
export function unsigned(value: number): readonly number[] {
  const low = value % 128;
  const rest = Math.floor(value / 128);
  return rest === 0 ? [low] : [low + 128, ...unsigned(rest)];
}

/** LEB128 of an int32: the last byte holds the sign. */
function signed(value: number): readonly number[] {
  const isLast = value >= -64 && value < 64;
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

function unary(opcode: number): Unary {
  return (value) => vectorCode(opcode, [value]);
}

function binary(opcode: number): Binary {
  return (left, right) => vectorCode(opcode, [left, right]);
}

function vectorCode(
  opcode: number,
  operands: readonly WasmExpression[],
  immediates: readonly number[] = [],
): WasmExpression {
  return [...operands.flat(), VECTOR_PREFIX, ...unsigned(opcode), ...immediates];
}
