import { expect, it } from 'vitest';
import { barsPath } from './bars.js';

it('The largest bar fills the height, whatever is there at all is seen, and what is not is left out', () => {
  expect(barsPath([1_000, 0, 1])).toBe('M0 24v-24.0h0.9V24zM2 24v-1.0h0.9V24z');
  expect(barsPath([0, 0])).toBe('');
});
