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
    ['https://stride.example.com/base', 'https://stride.example.com/base/'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/'],
    ['http://[fd00::1]:3000', 'http://[fd00::1]:3000/'],
    ['http://api:3000', 'http://api:3000/'],
    ['http://api.internal', 'http://api.internal/'],
  ])('%s is an API', (location, name) => expect(openStore(location).location).toBe(name));

  it.each([
    's3://',
    's3://B',
    's3://key:secret@bucket/x',
    's3://bucket//x',
    's3://bucket/x?y',
    'gopher://host/x',
    'constructor://x',
    'https://user:secret@host',
    'https://host/?x',
    'http://example.com',
    'http://8.8.8.8',
  ])('%s opens nothing', (location) => {
    expect(storeLocation(location)).toBeUndefined();
    expect(() => openStore(location)).toThrow(`expected ${STORE_LOCATIONS}, got ${location}`);
  });
});
