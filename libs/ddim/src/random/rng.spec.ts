import { describe, expect, it } from 'vitest';
import { fillWords, integerBelow, permutation, philox4x32, PURPOSES, uniform } from './rng.js';

const words = (text: string) => Uint32Array.from(text.split(' '), (word) => Number.parseInt(word, 16));

describe('philox4x32', () => {
  // Random123, tests/kat_vectors, lines "philox4x32 10".
  it.each([
    ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ])('gives the known answer of Random123 for counter %s', (counter, key, expected) => {
    const out = new Uint32Array(4);
    philox4x32(words(counter), words(key), out);
    expect(out).toEqual(words(expected));
  });
});

describe('fillWords', () => {
  it('places seed, purpose, row, step and element as documented', () => {
    const first = new Uint32Array(4);
    fillWords(first, { seed: 42, row: 0, purpose: PURPOSES.initialNoise }, 0);
    expect(first).toEqual(words('9ceaf053 77f5493b 12bf50ad 5742b3d7'));
    const second = new Uint32Array(8);
    fillWords(second, { seed: 2 ** 53 - 1, row: 3, purpose: PURPOSES.stepNoise }, 9);
    expect(second.subarray(4)).toEqual(words('4d3b78fd 2a50373f 4a170cc8 1c4dc811'));
  });

  it('gives an element the same word whatever the length', () => {
    const long = new Uint32Array(11);
    fillWords(long, { seed: 7, row: 1, purpose: 200 }, 2);
    for (let length = 0; length < 11; length++) {
      const short = new Uint32Array(length);
      fillWords(short, { seed: 7, row: 1, purpose: 200 }, 2);
      expect(short).toEqual(long.subarray(0, length));
    }
  });

  it.each([
    ['seed', { seed: -1, row: 0, purpose: 0 }],
    ['seed', { seed: 2 ** 53, row: 0, purpose: 0 }],
    ['seed', { seed: 0.5, row: 0, purpose: 0 }],
    ['row', { seed: 0, row: 2 ** 32, purpose: 0 }],
    ['purpose', { seed: 0, row: 0, purpose: 256 }],
  ])('refuses a %s outside its range', (field, stream) => {
    expect(() => fillWords(new Uint32Array(1), stream, 0)).toThrow(expect.objectContaining({ field }));
  });
});

describe('derived numbers', () => {
  it('are within their bounds at both ends', () => {
    expect([integerBelow(0, 7), integerBelow(2 ** 32 - 1, 7)]).toEqual([0, 6]);
    expect([uniform(0), uniform(2 ** 31)]).toEqual([0, 0.5]);
    expect(uniform(2 ** 32 - 1)).toBeLessThan(1);
  });

  it('are a permutation of every size, another one per epoch, the same one again', () => {
    const stream = { seed: 5, row: 0, purpose: PURPOSES.dataOrder };
    for (const size of [0, 1, 2, 100]) {
      const order = permutation(size, stream, 0);
      expect([...order].sort((left, right) => left - right)).toEqual([...order.keys()]);
    }
    expect(permutation(100, stream, 0)).toEqual(permutation(100, stream, 0));
    expect(permutation(100, stream, 1)).not.toEqual(permutation(100, stream, 0));
  });

  it('put every element at every place equally often', () => {
    const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
    for (let epoch = 0; epoch < 4000; epoch++)
      for (const [place, element] of permutation(4, { seed: 1, row: 0, purpose: PURPOSES.dataOrder }, epoch).entries())
        counts[element][place]++;
    const deviation = Math.sqrt(4000 * 0.25 * 0.75);
    for (const count of counts.flat()) expect(Math.abs(count - 1000)).toBeLessThan(4 * deviation);
  });
});
