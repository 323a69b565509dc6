import { describe, expect, it } from 'vitest';
import { KernelBuilder, makeWasmMemory } from './wasm-kernel.js';
import { f32x4, i32, i32x4, v128 } from './wasm-vectors.js';

describe('a kernel', () => {
  it('computes in float32, operation by operation, and touches nothing outside its range', () => {
    const offset = 100_000; // needs an offset of several bytes, in a memory of several pages
    const memory = makeWasmMemory(2 * offset);
    const x = new Float32Array(memory.buffer, 0, 16).map((_, i) => i / 7);
    new Float32Array(memory.buffer).set(x);
    const y = new Float32Array(memory.buffer, offset, 16).fill(-1);
    const kernel = new KernelBuilder(['i32', 'i32', 'f32']);
    const [from, end, factor] = kernel.parameters;
    const splat = kernel.variable('v128', f32x4.splat(factor.value));
    kernel.forEach(from, end, 16, () => {
      const root = f32x4.sqrt(v128.load(from.value, 0));
      kernel.store(from.value, offset, f32x4.mul(f32x4.add(root, splat.value), splat.value));
    });
    kernel.compile(memory)(16, 48, 0.1);
    const tenth = Math.fround(0.1);
    const expected = x.map((value) => Math.fround(Math.fround(Math.sqrt(value)) + tenth) * tenth);
    expect(y).toEqual(expected.map((value, i) => (i >= 4 && i < 12 ? value : -1)));
  });

  it.each([0, 1, 63, 64, 127, 128, -1, -64, -65, -128, 2 ** 31 - 1, -(2 ** 31), 0xd2511f53])(
    'has the constant %i, modulo 2^32',
    (value) => {
      const memory = makeWasmMemory(16);
      const kernel = new KernelBuilder([]);
      kernel.store(i32(0), 0, i32x4.splat(i32(value)));
      kernel.compile(memory)();
      expect([...new Int32Array(memory.buffer, 0, 4)]).toEqual(Array.from({ length: 4 }, () => value | 0));
    },
  );
});

describe('makeWasmMemory', () => {
  it('is as large as asked for and 0, and refuses what one memory cannot hold', () => {
    const { buffer } = makeWasmMemory(70_000);
    expect(buffer.byteLength).toBeGreaterThanOrEqual(70_000);
    expect(new Uint8Array(buffer).every((byte) => byte === 0)).toBe(true);
    expect(() => makeWasmMemory(2 ** 32 + 1)).toThrow(RangeError);
  });
});
