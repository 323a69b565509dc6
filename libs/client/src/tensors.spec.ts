import { describe, expect, it } from 'vitest';
import { unpackTensor, packTensor } from './tensors.js';

describe('a tensor', () => {
  it('is little-endian float32 in base64, as numpy writes it', () => {
    // base64.b64encode(numpy.array([[1, -2.5], [0, 3]], '<f4').tobytes())
    const encoded = { shape: [2, 2], dtype: 'float32', data: 'AACAPwAAIMAAAAAAAABAQA==' };
    expect(packTensor(Float32Array.of(1, -2.5, 0, 3), [2, 2])).toEqual(encoded);
    expect(unpackTensor(encoded.data)).toEqual(Float32Array.of(1, -2.5, 0, 3));
  });

  it('survives both ways, whatever its length', () => {
    const values = Float32Array.from({ length: 100_003 }, (_, i) => Math.sin(i));
    expect(unpackTensor(packTensor(values, [100_003]).data)).toEqual(values);
  });

  it('has as many numbers as its shape says', () => {
    expect(() => packTensor(new Float32Array(5), [2, 3])).toThrow('5 numbers have not the shape [2, 3]');
    expect(() => unpackTensor([1, 2])).toThrow('base64');
  });
});
