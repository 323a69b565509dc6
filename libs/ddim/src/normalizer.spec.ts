import { describe, expect, it } from 'vitest';
import { denormalize, fitNormalizer, normalize } from './index.js';

const data = Float32Array.of(0, 10, 5, 4, 18, 5, 2, 14, 5); // [3,3], the last dimension constant

describe('a normaliser', () => {
  it('maps each dimension to [-1, 1] and constants to 0', () => {
    expect([...normalize(fitNormalizer(data, 3), data)]).toEqual([-1, -1, 0, 1, 1, 0, 0, 0, 0]);
  });

  it('scales ranges from 1e-4 on', () => {
    expect(fitNormalizer(Float32Array.of(0, 0.99e-4), 1).scale[0]).toBe(1);
    expect(fitNormalizer(Float32Array.of(0, 1.01e-4), 1).scale[0]).toBeCloseTo(2 / 1.01e-4, 1);
  });

  it('is undone by denormalize', () => {
    const normalizer = fitNormalizer(data, 3);
    expect(denormalize(normalizer, normalize(normalizer, data))).toEqual(data);
  });

  it('of no dimensions accepts no data only', () => {
    const none = fitNormalizer(new Float32Array(0), 0);
    expect(normalize(none, new Float32Array(0))).toHaveLength(0);
    expect(() => normalize(none, data)).toThrow(expect.objectContaining({ code: 'shape_mismatch' }));
  });

  it('refuses data that does not fill rows, is empty or not finite', () => {
    expect(() => fitNormalizer(data, 2)).toThrow(expect.objectContaining({ code: 'shape_mismatch' }));
    expect(() => fitNormalizer(new Float32Array(0), 2)).toThrow(expect.objectContaining({ field: 'data' }));
    expect(() => fitNormalizer(Float32Array.of(1, Number.NaN), 1)).toThrow('data[1][0] must be finite, got NaN');
    expect(() => denormalize(fitNormalizer(data, 3), data.subarray(1))).toThrow('data must be [N,3], got 8 numbers');
  });
});
