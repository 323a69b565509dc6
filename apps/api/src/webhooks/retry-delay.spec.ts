import { describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS, retryAfterMs, retryDelay } from './retry-delay.js';

const HOUR_MS = 3_600_000;

describe('The wait before the next attempt', () => {
  it('grows from 5 s to 10 h, and chance adds a tenth at most', () => {
    const failures = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, i) => i + 1);
    const least = failures.map((failed) => retryDelay(failed, 0, () => 0) / 1_000);
    expect(least).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000]);
    const most = failures.map((failed) => retryDelay(failed, 0, () => 1) / 1_000);
    expect(most).toEqual([5.5, 330, 1_980, 7_920, 19_800, 39_600]);
  });

  it('is longer if the receiver wants so, by 10 h at most, and never shorter', () => {
    expect(retryDelay(1, 60_000, () => 0)).toBe(60_000);
    expect(retryDelay(1, 1_000, () => 0)).toBe(5_000);
    expect(retryDelay(1, 1e12, () => 0)).toBe(10 * HOUR_MS);
  });

  it('reads Retry-After in seconds and as a date, and nothing else', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(retryAfterMs('120', now)).toBe(120_000);
    expect(retryAfterMs('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000);
    expect(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
    for (const header of [undefined, '', 'soon', '-5', '1e9', '9'.repeat(30)])
      expect(retryAfterMs(header, now), header).toBe(0);
  });
});
