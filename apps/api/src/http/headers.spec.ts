import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { declaredSha256 } from './content-digest.js';
import { clientHas } from './etag.js';

describe('clientHas', () => {
  it.each([
    ['"a"', true],
    ['"b", "a"', true],
    ['W/"a"', true],
    ['*', true],
    ['"b"', false],
    ['a', false],
    [undefined, false],
  ])('is, for If-None-Match %s and the validator "a", %s', (header, expected) => {
    expect(clientHas({ headers: { 'if-none-match': header } }, '"a"')).toBe(expected);
  });
});

describe('declaredSha256', () => {
  const digest = createHash('sha256').update('x').digest();

  it('reads the SHA-256 among other digests', () => {
    const sha256 = `sha-256=:${digest.toString('base64')}:`;
    expect(declaredSha256(sha256)).toBe(digest.toString('hex'));
    expect(declaredSha256(`sha-512=:AAAA:, ${sha256}`)).toBe(digest.toString('hex'));
    expect(declaredSha256(undefined)).toBeUndefined();
  });

  it.each(['sha-256=:short:', 'md5=:AAAA:', 'x'])('refuses %s', (header) => {
    expect(() => declaredSha256(header)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });
});
