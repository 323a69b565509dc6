import { describe, expect, it } from 'vitest';
import { aligned, smoothed } from './smoothed.js';

describe('A smoothed curve', () => {
  it('begins where the values do, follows them, and leaves their gaps', () => {
    expect(smoothed([8, null, 4, 0], 0.5)).toEqual([8, null, 6, 3]);
    expect(smoothed([8, 4], 0)).toEqual([8, 4]);
  });
});

describe('Curves of several runs', () => {
  it('share one axis, with gaps where one has no value', () => {
    const first = { x: [10, 20], y: [1, 2] };
    const second = { x: [5, 20], y: [3, null] };
    const ys = [
      [null, 1, 2],
      [3, null, null],
    ];
    expect(aligned([first, second])).toEqual({ x: [5, 10, 20], ys });
  });
});
