import { describe, expect, it } from 'vitest';
import { addJobSize } from './job-size-argument.js';

describe('a size of jobs', () => {
  it('is rows, steps and a weight, which is 1 when absent', () => {
    expect(addJobSize('rows=8,steps=50', addJobSize('rows=1,steps=10:60'))).toEqual([
      { rows: 1, steps: 10, weight: 60 },
      { rows: 8, steps: 50, weight: 1 },
    ]);
    expect(addJobSize('rows=1,steps=10:0.5')).toEqual([{ rows: 1, steps: 10, weight: 0.5 }]);
  });

  it.each([
    ['', 'Expected rows=R,steps=S'],
    ['10', 'Expected rows=R,steps=S'],
    ['steps=10,rows=1', 'Expected rows=R,steps=S'],
    ['rows=1,steps=10:', 'Expected rows=R,steps=S'],
    ['rows=-1,steps=10', 'got rows=-1,steps=10'],
    ['rows=1e3,steps=10', 'got rows=1e3,steps=10'],
    ['rows=0,steps=10', 'Expected rows from 1 to 4096, got 0'],
    ['rows=4097,steps=10', 'Expected rows from 1 to 4096, got 4097'],
    ['rows=1,steps=0', 'Expected steps from 1 to 10000, got 0'],
    ['rows=1,steps=10001', 'Expected steps from 1 to 10000, got 10001'],
    ['rows=1,steps=10:0', 'Expected a weight above 0 and up to 1000000, got 0'],
    ['rows=1,steps=10:2000000', 'Expected a weight above 0 and up to 1000000, got 2000000'],
  ])('%j is refused, with what was expected', (text, message) => {
    expect(() => addJobSize(text)).toThrow(message);
  });
});
