import { describe, expect, it } from 'vitest';
import { clippedRangeWarnings } from './clipped-range.js';
import { fitNormalizer } from './normalizer.js';

/** A model of actions from -1 to 1, and of a gripper that is always 0.04. */
const normalizer = fitNormalizer(Float32Array.of(-1, 0.04, 1, 0.04), 2);
const clip = { clipSample: true, clipSampleRange: 1 };
const codes = (min: number[], max: number[], sampling = clip) =>
  clippedRangeWarnings(normalizer, { min, max }, sampling).map(({ code }) => code);
const gripper = Math.fround(0.04);

describe('the range of a model that another one starts from', () => {
  it('is enough for data within it', () => {
    expect(codes([-1, gripper], [1, gripper])).toEqual([]);
    expect(codes([-0.2, gripper], [0.1, gripper])).toEqual([]);
  });

  it('cuts wider data off, with the number that helps', () => {
    const [warning] = clippedRangeWarnings(normalizer, { min: [-3, gripper], max: [2, gripper] }, clip);
    expect(warning).toEqual({
      code: 'range_clipped',
      message:
        "samples keep the initial model's range, which the data exceed in dimension 0 (-3 to 2, cut at -1 and 1): set " +
        'diffusion.clipSampleRange to at least 3, diffusion.clipSample to false, or train without initFrom',
    });
  });

  it('cuts nothing off where the way out was taken', () => {
    expect(codes([-3, gripper], [3, gripper], { clipSample: true, clipSampleRange: 3 })).toEqual([]);
    expect(codes([-3, gripper], [3, gripper], { clipSample: false, clipSampleRange: 1 })).toEqual([]);
  });

  it('keeps its constants, whatever the data do', () => {
    expect(codes([-1, 0], [1, 0.08])).toEqual(['constant_kept']);
    expect(codes([-1, 0.05], [1, 0.05], { clipSample: false, clipSampleRange: 1 })).toEqual(['constant_kept']);
  });

  it('names four dimensions and counts the others', () => {
    const many = fitNormalizer(
      Float32Array.from({ length: 200 }, (_, i) => (i < 100 ? 0 : 1)),
      100,
    );
    const ranges = { min: Array.from({ length: 100 }, () => -5), max: Array.from({ length: 100 }, () => 5) };
    expect(clippedRangeWarnings(many, ranges, clip)[0]?.message).toContain('3 (-5 to 5, cut at 0 and 1) and 96 more:');
  });
});
