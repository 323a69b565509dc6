import { describe, expect, it } from 'vitest';
import { decodedPathOf, pathOf } from './request-path.js';

describe('pathOf', () => {
  it.each([
    ['/a/b?c=/d', '/a/b'],
    ['/a#b?c', '/a'],
    ['http://host:1/a?b', '/a'],
    ['HTTPS://host?a/b', '/'],
    ['//a', '//a'],
    ['*', '*'],
    ['/%6da', '/%6da'],
  ])('of %s is %s', (url, path) => {
    expect(pathOf({ url })).toBe(path);
  });
});

describe('decodedPathOf', () => {
  it.each([
    ['/%6detrics?x', '/metrics'],
    ['http://a/%6Detrics#', '/metrics'],
    ['/%zz', '/%zz'],
  ])('of %s is %s', (url, path) => {
    expect(decodedPathOf({ url })).toBe(path);
  });
});
