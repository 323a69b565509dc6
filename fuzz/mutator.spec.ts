import { describe, expect, it } from 'vitest';
import { Mutator } from './mutator.js';

const input = Uint8Array.from({ length: 40 }, (_, i) => i);
const other = Uint8Array.from({ length: 40 }, () => 0xaa);

function made(seed: number, count: number): Uint8Array[] {
  const mutator = new Mutator(seed, ['token']);
  return Array.from({ length: count }, () => mutator.mutate(input, other));
}

describe('Mutator', () => {
  it('makes the same inputs from the same seed, and others from another', () => {
    expect(made(7, 50)).toEqual(made(7, 50));
    expect(made(7, 50)).not.toEqual(made(8, 50));
  });

  it('leaves what it was given as it is', () => {
    made(1, 1000);
    expect(input).toEqual(Uint8Array.from({ length: 40 }, (_, i) => i));
  });

  it('changes lengths, bytes and order, and brings in the dictionary and the other input', () => {
    const all = made(3, 2000);
    expect(all.some(({ length }) => length < 40)).toBe(true);
    expect(all.some(({ length }) => length > 40)).toBe(true);
    expect(all.some((bytes) => Buffer.from(bytes).includes('token'))).toBe(true);
    expect(all.some((bytes) => Buffer.from(bytes).includes(Buffer.from([0xaa, 0xaa, 0xaa])))).toBe(true);
  });

  it('makes something of nothing', () => {
    const mutator = new Mutator(1, []);
    const all = Array.from({ length: 200 }, () => mutator.mutate(new Uint8Array(), new Uint8Array()));
    expect(all.some(({ length }) => length > 0)).toBe(true);
  });
});
