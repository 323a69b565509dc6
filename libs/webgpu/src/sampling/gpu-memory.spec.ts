import { describe, expect, it } from 'vitest';
import { OutOfMemoryError } from '#ddim';
import { config } from '../../../engine/testing/probe-rows.js';
import { GpuMemory } from './gpu-memory.js';
import { networkShape } from './network-shape.js';

/** A device with so many bytes for calls, that counts what is not given back. */
function deviceOf(bytes: number) {
  const kept = new Set<GPUBuffer>();
  const make = (size: number): GPUBuffer => {
    const buffer: GPUBuffer = Object.assign(Object.create(null), { size, destroy: () => kept.delete(buffer) });
    kept.add(buffer);
    return buffer;
  };
  return {
    kept,
    filled: (_: string, { byteLength }: ArrayBufferView) => Promise.resolve(make(byteLength)),
    storage: (label: string, size: number) =>
      size > bytes ? Promise.reject(new OutOfMemoryError(label)) : Promise.resolve(make(size)),
  };
}

describe('the memory of a model', () => {
  const shape = networkShape(config);

  it('keeps nothing of a call that is too large, and has room for a smaller one after it', async () => {
    const device = deviceOf(100_000);
    const memory = await GpuMemory.open(device, shape, { packed: new Float32Array(8), mostSteps: 2 });
    const small = { words: 1_000, rows: 8, lanes: 32 };
    const first = await memory.reserve(small);
    expect(await memory.reserve({ ...small, rows: 4 })).toBe(first);
    await expect(memory.reserve({ words: 20_000, rows: 4_096, lanes: 4_096 })).rejects.toThrow(OutOfMemoryError);
    expect(device.kept.size).toBe(2); // weights and places
    expect(await memory.reserve(small)).not.toBe(first);
    memory.release();
    expect(device.kept.size).toBe(0);
  });
});
