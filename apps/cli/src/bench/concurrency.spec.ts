import { describe, expect, it } from 'vitest';
import { parseConcurrency } from './concurrency.js';

describe('a range of clients', () => {
  it.each([
    ['8', [8]],
    ['1:64:x2', [1, 2, 4, 8, 16, 32, 64]],
    ['1:50:x3', [1, 3, 9, 27]],
    ['10:50:+20', [10, 30, 50]],
    ['4:4:x2', [4]],
  ])('%s is %j', (text, levels) => {
    expect(parseConcurrency(text)).toEqual(levels);
  });

  it.each([
    ['', 'Expected N, FIRST:LAST:xFACTOR or FIRST:LAST:+STEP'],
    ['1:64', 'Expected N, FIRST:LAST:xFACTOR'],
    ['1:64:2', 'Expected N, FIRST:LAST:xFACTOR'],
    ['-1', 'Expected N, FIRST:LAST:xFACTOR'],
    ['1.5', 'Expected N, FIRST:LAST:xFACTOR'],
    ['0', 'Expected 1 <= FIRST <= LAST <= 4096, got 0 and 0'],
    ['8:4:x2', 'got 8 and 4'],
    ['1:5000:x2', 'got 1 and 5000'],
    ['1:8:x1', 'Expected at least x2, got x1'],
    ['1:8:+0', 'Expected at least +1, got +0'],
    ['1:100:+1', 'Expected at most 64 levels, got 100'],
  ])('%j is refused, with what was expected', (text, message) => {
    expect(() => parseConcurrency(text)).toThrow(message);
  });
});
