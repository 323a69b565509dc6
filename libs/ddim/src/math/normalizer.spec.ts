import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { denormalize, fitNormalizer, normalize, normalizerLimits, type AffineNormalizer } from './normalizer.js';

const data = Float32Array.of(0, 10, 5, 4, 18, 5, 2, 14, 5); // [3,3], the last dimension constant

/** Hundreds of different numbers between -11 and 17. */
const wave = (length: number) => Float32Array.from({ length }, (_, i) => ((i * 7919) % 1013) / 37 - 11);

/** [256,1], rising evenly from `low` by `range`. */
const ramp = (low: number, range: number) => Float64Array.from({ length: 256 }, (_, i) => low + (i / 255) * range);

describe('a normaliser', () => {
  it('maps each dimension to [-1, 1] and constants to 0', () => {
    expect([...normalize(fitNormalizer(data, 3), data)]).toEqual([-1, -1, 0, 1, 1, 0, 0, 0, 0]);
  });

  it.each([
    ['a joint in turns', 0.25, 8e-5],
    ['atoms in metres', 0, 1e-10],
    ['UTM northings', 5_412_345, 2],
    ['seconds since 1970', 1_700_000_000, 255],
    ['stars in metres', -1e20, 3e20],
  ])('gives every range its own scale and keeps its values apart: %s', (_, low, range) => {
    const values = ramp(low, range);
    const normalizer = fitNormalizer(values, 1);
    const normalized = normalize(normalizer, values);
    expect(normalized[0]).toBe(-1);
    expect(normalized[255]).toBe(1);
    expect(new Set(normalized).size).toBe(256);
    const restored = denormalize(normalizer, normalized);
    for (const [i, value] of values.entries())
      // both are rounded to float32
      expect(Math.abs(restored[i] - value)).toBeLessThanOrEqual(2 ** -23 * (range + Math.abs(value)));
  });

  it.each([0.04, 5_000, 0, -1e-9, 1e30])('gives the constant %d back exactly, whatever came out for it', (constant) => {
    const normalizer = fitNormalizer(new Float32Array(9).fill(constant), 1);
    const outcomes = denormalize(normalizer, Float32Array.of(-1, -0.3, 0, 0.7, 1, 40));
    expect(new Set(outcomes)).toEqual(new Set([Math.fround(constant)]));
    expect([...normalize(normalizer, Float32Array.of(constant, constant + 1))]).toEqual([0, 0]);
  });

  it.each([
    ['float32', Float32Array.of(5_000, 5_000 + 2 ** -11, 5_000 - 2 ** -11), 2 ** -10],
    ['float64', Float64Array.of(5_000, 5_000 + 2 ** -40, 5_000 - 2 ** -40), 2 ** -39],
  ])('takes %s numbers that differ by their rounding for a constant, and no others', (_, values, more) => {
    const rounded = fitNormalizer(values, 1);
    expect(Math.abs(denormalize(rounded, Float32Array.of(1))[0] - 5_000)).toBeLessThan(1e-3);
    expect(rounded.halfRange[0]).toBe(0);
    expect(
      fitNormalizer(
        values.map((value, i) => value + i * more),
        1,
      ).halfRange[0],
    ).toBeGreaterThan(0);
  });

  it('is undone by denormalize', () => {
    const normalizer = fitNormalizer(data, 3);
    expect(denormalize(normalizer, normalize(normalizer, data))).toEqual(data);
  });

  it('says what -1 and 1 mean', () => {
    expect(normalizerLimits(fitNormalizer(data, 3))).toEqual({
      min: Float64Array.of(0, 10, 5),
      max: Float64Array.of(4, 18, 5),
    });
    const affine = { scale: Float32Array.of(0.5, -2), offset: Float32Array.of(-1, 4) };
    expect(normalizerLimits(affine)).toEqual({ min: Float64Array.of(0, 1.5), max: Float64Array.of(4, 2.5) });
  });

  it('of a model from before ranges were kept gives the bytes it gave then', () => {
    const former: AffineNormalizer = { scale: Float32Array.of(0.3, -2, 1), offset: Float32Array.of(-1.1, 0.7, -0.04) };
    const hash = createHash('sha256');
    for (const array of [normalize(former, wave(3_000)), denormalize(former, wave(3_000))])
      hash.update(new Uint8Array(array.buffer));
    // Printed by the release before.
    expect(hash.digest('hex')).toBe('10560ab6619c19c1ebb3407eefc3065a00f7a51b390af90c67d5205da058a234');
    const wide = Float64Array.from(wave(3_000), (value) => value + 1e-9);
    expect(normalize(former, wide)).toEqual(normalize(former, Float32Array.from(wide)));
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
