import { describe, expect, it } from 'vitest';
import { decodeTensor, encodeTensor, parseTensor } from './tensor-values.js';

const codeOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

describe('tensors on the wire', () => {
  it('are read from nested arrays in row-major order', () => {
    const { shape, data } = parseTensor(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      'x',
    );
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('survive base64 bit by bit', () => {
    const data = Float32Array.of(-0, 1e-45, 3.4028235e38, 1 / 3, -7);
    const back = decodeTensor(encodeTensor({ shape: [5], data }), 'x');
    expect(Buffer.from(back.data.buffer).equals(Buffer.from(data.buffer))).toBe(true);
  });

  it.each([
    ['no row', [], [0]],
    ['rows of nothing', [[], []], [2, 0]],
    ['one number', [[[7]]], [1, 1, 1]],
  ])('may hold %s', (_, tensor, shape) => {
    expect(parseTensor(tensor, 'x').shape).toEqual(shape);
  });

  it.each([
    ['rows of different length', [[1, 2], [3]], 'shape_mismatch'],
    ['a number where others have a list', [[1], 2], 'shape_mismatch'],
    [
      'a list where others have a number',
      [
        [1, 2],
        [3, [4]],
      ],
      'validation_failed',
    ],
    ['a string', [['1']], 'validation_failed'],
    ['null', [[null]], 'validation_failed'],
    ['a number beyond float32', [[1e39]], 'non_finite_input'],
    [
      'rows that claim more than they hold',
      [Array.from({ length: 100_000 }, () => 0), ...Array.from({ length: 100_000 }, () => [])],
      'shape_mismatch',
    ],
    ['too few bytes', { shape: [2, 2], dtype: 'float32' as const, data: 'AAAAAA==' }, 'shape_mismatch'],
    ['NaN in base64', encodeTensor({ shape: [1], data: Float32Array.of(NaN) }), 'non_finite_input'],
    [
      'a shape that would fill the memory',
      { shape: [65536, 65536], dtype: 'float32' as const, data: '' },
      'limit_exceeded',
    ],
  ])('are refused when they hold %s', (_, tensor, code) => {
    expect(codeOf(() => parseTensor(tensor, 'x'))).toBe(code);
  });
});
