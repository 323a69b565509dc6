import { describe, expect, it } from 'vitest';
import { ROW_HEIGHT, visibleRows } from './visible-rows.js';

describe('The rows that are drawn', () => {
  it.each([0, 1, 27, 28, 5_000, 140_000, 279_400, 280_000])('fill the window at %i pixels and are few', (top) => {
    const { first, end, before, after } = visibleRows(10_000, top, 600);
    expect(end - first).toBeLessThanOrEqual(600 / ROW_HEIGHT + 26);
    expect(before).toBe(first * ROW_HEIGHT);
    expect(before + (end - first) * ROW_HEIGHT + after).toBe(10_000 * ROW_HEIGHT);
    expect(before).toBeLessThanOrEqual(top);
    expect(end * ROW_HEIGHT).toBeGreaterThanOrEqual(Math.min(top + 600, 10_000 * ROW_HEIGHT));
  });

  it('are none of an empty list, and all of a short one', () => {
    expect(visibleRows(0, 0, 600)).toEqual({ first: 0, end: 0, before: 0, after: 0 });
    expect(visibleRows(3, 0, 600)).toEqual({ first: 0, end: 3, before: 0, after: 0 });
  });
});
