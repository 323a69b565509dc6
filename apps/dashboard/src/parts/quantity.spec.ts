import { describe, expect, it } from 'vitest';
import { count, inWords, size, span } from './quantity.js';

describe('A quantity', () => {
  it.each([
    [0, '0'],
    [7, '7'],
    [0.5, '0.50'],
    [7.031, '7.03'],
    [99.96, '100'],
    [1_234.5, '1235'],
    [12_400, '12.4 k'],
    [3_210_000, '3.21 M'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('%d is counted as %s', (value, text) => {
    expect(inWords(count(value))).toBe(text);
  });

  it.each([
    [0, '0 s'],
    [0.000_312, '312 µs'],
    [0.0041, '4.10 ms'],
    [2.5, '2.50 s'],
    [59.96, '60.0 s'],
    [119.6, '2 min 0 s'],
    [200, '3 min 20 s'],
    [7_500, '2 h 5 min'],
    [273_600, '3 d 4 h'],
    [undefined, '–'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(inWords(span(seconds))).toBe(text);
  });

  it.each([
    [512, '512 B'],
    [1_500, '1.50 kB'],
    [12_400, '12.4 kB'],
    [3_210_000, '3.21 MB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(inWords(size(bytes))).toBe(text);
  });
});
