import { describe, expect, it } from 'vitest';
import { batchOf, dimensionRange, summed } from './action-batch.js';
import { curveOf } from './action-curves.js';
import { extentOf, actionPath } from './action-path.js';

// prettier-ignore
const batch = batchOf([[[0, 0], [4, 2]], [[0, 0], [2, 1]]]);

describe('Actions as paths', () => {
  it('have y upwards, and a unit is as long in x as in y', () => {
    const extent = extentOf(batch);
    expect(extent).toEqual({ x: [0, 4], y: [-1, 3] });
    expect(actionPath(batch, 0, { extent, steps: 2 })).toBe('M6.0 72.0L94.0 28.0');
  });

  it('are drawn as far as they are executed', () => {
    expect(actionPath(batch, 1, { extent: extentOf(batch), steps: 1 })).toBe('M6.0 72.0');
  });

  it('that are displacements begin at 0 and end where they lead', () => {
    const path = summed(batchOf([[[1, 0], [1, 2]]])); // prettier-ignore
    expect(Array.from(path.values)).toEqual([0, 0, 1, 0, 2, 2]);
    expect(path).toMatchObject({ rows: 1, horizon: 3, dim: 2 });
  });
});

describe('Actions as curves', () => {
  it('reach from the smallest value of their dimension over all rows to the largest', () => {
    expect(dimensionRange(batch, 1)).toEqual([0, 2]);
    expect(curveOf(batch, 0, 1)).toBe('M0.0 39.0L160.0 1.0');
    expect(curveOf(batch, 1, 1)).toBe('M0.0 39.0L160.0 20.0');
  });

  it('that never move lie in the middle', () => {
    expect(curveOf(batchOf([[[7], [7]]]), 0, 0)).toBe('M0.0 20.0L160.0 20.0');
  });
});
