import { expect, it } from 'vitest';
import { formatDuration } from './duration.js';

it.each([
  [0.4, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min 0 s'],
  [3_599, '59 min 59 s'],
  [7_800, '2 h 10 min'],
  [356_400, '4 d 3 h'],
  [-3, '0 s'],
])('%f seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
