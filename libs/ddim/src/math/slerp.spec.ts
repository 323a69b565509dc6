import { describe, expect, it } from 'vitest';
import { fillNormal } from '../random/noise.js';
import { interpolateNoise, slerp } from './slerp.js';

const normal = (row: number) => {
  const out = new Float32Array(64);
  fillNormal(out, { seed: 1, row, purpose: 200 }, 0);
  return out;
};
const norm = (z: Float32Array) => Math.hypot(...z);

describe('slerp', () => {
  it('has exact ends', () => {
    const [z1, z2] = [normal(1), normal(2)];
    expect(slerp(z1, z2, 0)).toEqual(z1);
    expect(slerp(z1, z2, 1)).toEqual(z2);
  });

  it('keeps the norm of two rows of equal norm and moves at equal angles', () => {
    const z1 = normal(1);
    const z2 = normal(2).map((value) => (value * norm(z1)) / norm(normal(2)));
    const points = [0, 0.25, 0.5, 0.75, 1].map((u) => slerp(z1, z2, u));
    for (const point of points) expect(norm(point)).toBeCloseTo(norm(z1), 4);
    const angles = points.slice(1).map((point, i) => {
      const dot = point.reduce((sum, value, j) => sum + value * points[i][j], 0);
      return Math.acos(dot / (norm(point) * norm(points[i])));
    });
    for (const angle of angles) expect(angle).toBeCloseTo(angles[0], 5);
  });

  it('is a straight line between parallel, opposite and zero rows', () => {
    const z = normal(1);
    const zero = new Float32Array(64);
    expect(slerp(z, z, 0.3)).toEqual(z);
    expect(slerp(z, zero, 0.5)).toEqual(z.map((value) => value / 2));
    const opposite = z.map((value) => -value);
    expect(slerp(z, opposite, 0.5)).toEqual(zero);
  });

  it('refuses rows of different lengths and u outside 0..1', () => {
    expect(() => slerp(normal(1), new Float32Array(3), 0.5)).toThrow(
      expect.objectContaining({ code: 'shape_mismatch' }),
    );
    expect(() => slerp(normal(1), normal(2), 1.5)).toThrow(expect.objectContaining({ field: 'u' }));
  });
});

describe('interpolateNoise', () => {
  it('has evenly spaced points with both ends', () => {
    const [z1, z2] = [normal(1), normal(2)];
    const rows = interpolateNoise(z1, z2, 3);
    expect(rows.subarray(0, 64)).toEqual(z1);
    expect(rows.subarray(64, 128)).toEqual(slerp(z1, z2, 0.5));
    expect(rows.subarray(128)).toEqual(z2);
    expect(interpolateNoise(z1, z2, 1)).toEqual(z1);
  });
});
