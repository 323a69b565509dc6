import { describe, expect, it } from 'vitest';
import { fittingTiles, KERNELS } from './kernel-interface.js';

const KIB = 1_024;

describe('fittingTiles', () => {
  it.each([
    ['an H200', 227, 256, { float32: [64, 32, 16], bf16: [64, 32, 16] }],
    ['an A100', 163, 256, { float32: [32, 16], bf16: [64, 32, 16] }],
    ['a GeForce', 99, 256, { float32: [16], bf16: [32, 16] }],
    ['an H200, wide', 227, 512, { float32: [32, 16], bf16: [32, 16] }],
    ['an H200, wider', 227, 1_024, { float32: [16], bf16: [16] }],
    ['an H200, too wide for sums in registers', 227, 1_088, { float32: [], bf16: [] }],
  ])('has the tiles whose memory a block has: %s', (_, kib, hidden, lanes) => {
    const fitting = (precision: keyof typeof lanes): number[] =>
      fittingTiles(KERNELS[precision].rows, { hidden, output: 512 }, kib * KIB).map((kernel) => kernel.lanes);
    expect({ float32: fitting('float32'), bf16: fitting('bf16') }).toEqual(lanes);
  });
});
