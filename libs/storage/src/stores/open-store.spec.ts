import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openStore, STORE_LOCATIONS, storeLocation } from './open-store.js';

describe('the location of a store', () => {
  it.each([
    ['.stride/artifacts', resolve('.stride/artifacts')],
    ['/data', '/data'],
    [pathToFileURL('/data/a b').href, '/data/a b'],
  ])('%s is a directory', (location, path) => {
    expect(openStore(location).location).toBe(path);
    expect(storeLocation(location)).toBe(location.includes('://') ? location : path);
  });

  it.each([
    ['s3://bucket', 's3://bucket/'],
    ['s3://my.bucket-1/a/prefix/', 's3://my.bucket-1/a/prefix/'],
    ['s3://bucket/a', 's3://bucket/a/'],
  ])('%s is a bucket', (location, name) => {
    expect(openStore(location).location).toBe(name);
    expect(storeLocation(location)).toBe(location);
  });

  it.each([
    's3://',
    's3://B',
    's3://key:secret@bucket/x',
    's3://bucket//x',
    's3://bucket/x?y',
    'gopher://host/x',
    'constructor://x',
    'https://host/x',
  ])('%s opens nothing', (location) => {
    expect(storeLocation(location)).toBeUndefined();
    expect(() => openStore(location)).toThrow(`expected ${STORE_LOCATIONS}, got ${location}`);
  });
});
