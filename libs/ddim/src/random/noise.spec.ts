import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fillNormal } from './noise.js';
import { fillWords, PURPOSES } from './rng.js';

const draw = (length: number, stream: { seed: number; row: number; purpose: number }, step: number) => {
  const out = new Float32Array(length);
  fillNormal(out, stream, step);
  return out;
};

describe('fillNormal', () => {
  it('gives the documented numbers for seed 42', () => {
    const expected = [-0.97018979, 0.19401896, -1.2356207, 1.9239268];
    for (const [i, z] of draw(4, { seed: 42, row: 0, purpose: PURPOSES.initialNoise }, 0).entries())
      expect(z).toBeCloseTo(expected[i], 6);
  });

  it("is Box-Muller of the stream's words, within one float32 rounding of the platform's functions", () => {
    const stream = { seed: 2 ** 53 - 1, row: 2 ** 32 - 1, purpose: 255 };
    const z = draw(4096, stream, 17);
    const w = new Uint32Array(4096);
    fillWords(w, stream, 17);
    for (let i = 0; i < z.length; i += 2) {
      const r = Math.sqrt(-2 * Math.log((w[i] + 0.5) / 2 ** 32));
      const phi = 2 * Math.PI * (w[i + 1] / 2 ** 32);
      expect(Math.abs(z[i] - r * Math.cos(phi))).toBeLessThan(5e-7);
      expect(Math.abs(z[i + 1] - r * Math.sin(phi))).toBeLessThan(5e-7);
    }
  });

  it('is the same to the last bit on every machine and in every version', () => {
    const hash = createHash('sha256');
    hash.update(draw(40_000, { seed: 42, row: 0, purpose: PURPOSES.initialNoise }, 0));
    hash.update(draw(4_099, { seed: 2 ** 53 - 1, row: 2 ** 32 - 1, purpose: 255 }, 2 ** 32 - 1));
    expect(hash.digest('hex')).toBe('3082dcfdb1c31fd99ca035bdb03c7c25de646505a1f9fc1a1f1a977f35ab1c06');
  });

  it('has the words of an all-zero counter as the documented normals', () => {
    const expected = [0.991137679254, -0.924662588391, -0.617608959812, -0.482068587035];
    for (const [i, z] of draw(4, { seed: 0, row: 0, purpose: 0 }, 0).entries()) expect(z).toBeCloseTo(expected[i], 6);
  });

  it('gives an element the same number whatever the length', () => {
    const long = draw(13, { seed: 3, row: 2, purpose: 1 }, 5);
    for (let length = 0; length < 13; length++)
      expect(draw(length, { seed: 3, row: 2, purpose: 1 }, 5)).toEqual(long.subarray(0, length));
  });

  it('has mean 0, variance 1, kurtosis 3 and no correlation within 4 standard errors', () => {
    const n = 400_000;
    const z = draw(n, { seed: 11, row: 0, purpose: 1 }, 0);
    const mean = (f: (value: number, i: number) => number) => z.reduce((sum, value, i) => sum + f(value, i), 0) / n;
    const error = 4 / Math.sqrt(n);
    expect(Math.abs(mean((value) => value))).toBeLessThan(error);
    expect(Math.abs(mean((value) => value ** 2) - 1)).toBeLessThan(error * Math.sqrt(2));
    expect(Math.abs(mean((value) => value ** 4) - 3)).toBeLessThan(error * Math.sqrt(96));
    expect(Math.abs(mean((value, i) => value * z[(i + 1) % n]))).toBeLessThan(error);
  });

  it('differs between seeds, rows, purposes and steps', () => {
    const base = { seed: 1, row: 1, purpose: 1 };
    const draws = [
      draw(4, base, 1),
      draw(4, { ...base, seed: 2 }, 1),
      draw(4, { ...base, seed: 1 + 2 ** 32 }, 1),
      draw(4, { ...base, row: 2 }, 1),
      draw(4, { ...base, purpose: 2 }, 1),
      draw(4, base, 2),
    ];
    expect(new Set(draws.map((z) => z.join())).size).toBe(draws.length);
  });
});
