import { describe, expect, it } from 'vitest';
import { newJobId } from '#contract';
import { seedOf } from './job-seed.js';

describe('job ids', () => {
  it('decide the seed of a request that names none: an integer up to 2^53 - 1', () => {
    const id = newJobId('sampling');
    expect(seedOf(id)).toBe(seedOf(id));
    const seeds = Array.from({ length: 1_000 }, () => seedOf(newJobId('sampling')));
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true);
  });

  it('decide the same seed in every release: the first 53 bits of what sha256sum says', () => {
    expect(seedOf('smp_01ARZ3NDEKTSV4RRFFQ69G5FAV')).toBe(Number(0xf838a383350e5900n >> 11n));
  });
});
