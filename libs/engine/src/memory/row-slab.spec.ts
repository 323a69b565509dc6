import { describe, expect, it } from 'vitest';
import { RowSlab } from './row-slab.js';

describe('A slab of rows', () => {
  it.each([
    ['small rows', { outputSize: 32, conditionSize: 128 }, 256],
    ['large rows', { outputSize: 100_000, conditionSize: 0 }, 83],
    ['rows larger than a chunk should be', { outputSize: 2 ** 24, conditionSize: 0 }, 1],
  ])('has chunks of at most 256 slots and 64 MiB: %s', (_what, shape, slots) => {
    expect(new RowSlab(shape).memory.slotsPerChunk).toBe(slots);
  });

  it('gives every slot memory of its own, whatever chunk it lies in', () => {
    const slab = new RowSlab({ outputSize: 100_000, conditionSize: 3 });
    const slots = Array.from({ length: 85 }, () => slab.allocate());
    for (const slot of slots) slab.memory.condition(slot).fill(slot + 1);
    expect(new Set(slots).size).toBe(85);
    expect(slots.map((slot) => slab.memory.condition(slot)[2])).toEqual(slots.map((slot) => slot + 1));
    expect(slots.map((slot) => slab.memory.state(slot, 1)[0])).toEqual(slots.map(() => 0));
  });
});
