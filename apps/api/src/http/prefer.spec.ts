import { describe, expect, it } from 'vitest';
import { idempotencyKey, preferredWaitSeconds } from './prefer.js';

describe('preferredWaitSeconds', () => {
  it.each([
    [undefined, 0],
    ['wait=10', 10],
    ['respond-async, wait=5', 5],
    ['wait="7"', 7],
    ['Wait = 3', 3],
    ['wait=100000', 60],
    ['wait=-1', 0],
    ['wait=soon', 0],
    ['return=minimal', 0],
  ])('reads %j as %i s', (header, seconds) => {
    expect(preferredWaitSeconds(header)).toBe(seconds);
  });
});

describe('idempotencyKey', () => {
  it('takes 1 to 255 visible ASCII characters', () => {
    expect(idempotencyKey(undefined)).toBeUndefined();
    expect(idempotencyKey('a-B_1~!')).toBe('a-B_1~!');
    expect(idempotencyKey('x'.repeat(255))).toHaveLength(255);
  });

  it.each(['', 'x'.repeat(256), 'a b', 'ü', 'a\tb'])('refuses %j', (header) => {
    expect(() => idempotencyKey(header)).toThrow(
      expect.objectContaining({ code: 'invalid_idempotency_key', status: 400 }),
    );
  });
});
