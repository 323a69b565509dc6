import { describe, expect, it } from 'vitest';
import { idempotencyKey, parsePreferences } from './prefer.js';

describe('parsePreferences', () => {
  it.each([
    [undefined, 0],
    ['wait=10', 10],
    ['respond-async, wait=5', 5],
    ['wait="7"', 7],
    ['Wait = 3', 3],
    ['wait=100000', 60],
    ['wait=0.05', 0.05],
    ['wait="1.5"', 1.5],
    ['wait=60.001', 60],
    ['wait=.5', 0],
    ['wait=1.', 0],
    ['wait=0.0001', 0],
    ['wait=1e1', 0],
    ['wait=-1', 0],
    ['wait=soon', 0],
    ['return=minimal', 0],
  ])('reads %j as %i s', (header, seconds) => {
    expect(parsePreferences(header)).toEqual({ waitSeconds: seconds, tensors: 'nested' });
  });

  it.each([
    ['wait=10, tensors=base64', 10, 'base64'],
    ['Tensors="base64",wait=5', 5, 'base64'],
    ['wait=5, tensors=msgpack', 5, 'nested'],
    ['wait=5, wait=7', 5, 'nested'],
  ])('reads %j as %i s and %s numbers', (header, waitSeconds, tensors) => {
    expect(parsePreferences(header)).toEqual({ waitSeconds, tensors });
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
