import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openStore, STORE_SCHEMES, storeLocation } from './open-store.js';

describe('the location of a store', () => {
  it.each([
    ['.stride/artifacts', resolve('.stride/artifacts')],
    ['/data', '/data'],
    [pathToFileURL('/data/a b').href, '/data/a b'],
  ])('%s is a directory', (location, path) => {
    expect(openStore(location).location).toBe(path);
    expect(storeLocation(location)).toBe(location.includes('://') ? location : path);
  });

  it.each(['gopher://host/x', 'constructor://x', 'https://host/x'])('%s opens nothing', (location) => {
    expect(storeLocation(location)).toBeUndefined();
    expect(() => openStore(location)).toThrow(`expected a directory or ${STORE_SCHEMES.join(', ')}, got ${location}`);
  });
});
