import { describe, expect, it } from 'vitest';
import { toFloat32, toNumbers } from './to-float32.js';

describe('toFloat32', () => {
  it('hands float32 on without a copy', () => {
    const data = Float32Array.of(1, 2);
    expect(toFloat32({ dtype: 'float32', shape: [2], data })).toBe(data);
  });

  it('reads float16 exactly: normal, subnormal, signed zero, infinite and not a number', () => {
    // Values from IEEE 754-2008, table 3.5, and Wikipedia's "Half-precision floating-point format".
    const halves: [number, number][] = [
      [0x0000, 0],
      [0x8000, -0],
      [0x0001, 2 ** -24],
      [0x03ff, 1023 * 2 ** -24],
      [0x0400, 2 ** -14],
      [0x3555, 0.333251953125],
      [0x3bff, 0.99951171875],
      [0x3c00, 1],
      [0x3c01, 1.0009765625],
      [0x7bff, 65504],
      [0xc000, -2],
      [0x7c00, Infinity],
      [0xfc00, -Infinity],
      [0x7e00, NaN],
    ];
    const data = Uint16Array.from(halves, ([bits]) => bits);
    expect([...toFloat32({ dtype: 'float16', shape: [data.length], data })]).toEqual(halves.map(([, value]) => value));
  });

  it('rounds wider numbers to the nearest, and lets those beyond float32 become infinite', () => {
    expect(toFloat32({ dtype: 'float64', shape: [3], data: Float64Array.of(0.1, 1e39, NaN) })).toEqual(
      Float32Array.of(0.1, Infinity, NaN),
    );
    expect(toFloat32({ dtype: 'int64', shape: [2], data: BigInt64Array.of(-5n, 2n ** 62n) })).toEqual(
      Float32Array.of(-5, 2 ** 62),
    );
    expect(toFloat32({ dtype: 'int32', shape: [1], data: Int32Array.of(-7) })).toEqual(Float32Array.of(-7));
  });

  it('reads bfloat16 as the upper half of a float32', () => {
    // Values from Wikipedia's "bfloat16 floating-point format".
    const data = Uint16Array.of(0x3f80, 0xc000, 0x4049, 0x3eab, 0x7f7f, 0x0001, 0x7f80, 0xffc1);
    const expected = [1, -2, 3.140625, 0.333984375, 3.3895313892515355e38, 2 ** -133, Infinity, NaN];
    expect([...toFloat32({ dtype: 'bfloat16', shape: [8], data })]).toEqual(expected);
  });

  it('reads integers of every width', () => {
    expect([...toFloat32({ dtype: 'int8', shape: [2], data: Int8Array.of(-128, 127) })]).toEqual([-128, 127]);
    expect([...toFloat32({ dtype: 'int16', shape: [1], data: Int16Array.of(-300) })]).toEqual([-300]);
    expect([...toFloat32({ dtype: 'uint16', shape: [1], data: Uint16Array.of(65_535) })]).toEqual([65_535]);
    expect([...toFloat32({ dtype: 'uint32', shape: [1], data: Uint32Array.of(2 ** 31) })]).toEqual([2 ** 31]);
    expect([...toFloat32({ dtype: 'uint64', shape: [1], data: BigUint64Array.of(2n ** 63n) })]).toEqual([2 ** 63]);
  });

  it('reads every byte but 0 as true, and uint8 as numbers', () => {
    const data = Uint8Array.of(0, 1, 255);
    expect(toFloat32({ dtype: 'bool', shape: [3], data })).toEqual(Float32Array.of(0, 1, 1));
    expect(toFloat32({ dtype: 'uint8', shape: [3], data })).toEqual(Float32Array.of(0, 1, 255));
  });
});

describe('toNumbers', () => {
  it('keeps what float32 would round', () => {
    const shape = [2];
    expect(toNumbers({ dtype: 'float64', shape, data: Float64Array.of(0.1, 1) })).toEqual(Float64Array.of(0.1, 1));
    expect(toNumbers({ dtype: 'int64', shape, data: BigInt64Array.of(1_700_000_001n, -5n) })).toEqual(
      Float64Array.of(1_700_000_001, -5),
    );
    expect(toNumbers({ dtype: 'uint32', shape, data: Uint32Array.of(2 ** 32 - 1, 0) })).toEqual(
      Float64Array.of(2 ** 32 - 1, 0),
    );
    expect(toNumbers({ dtype: 'int16', shape, data: Int16Array.of(-300, 2) })).toEqual(Float32Array.of(-300, 2));
  });
});
