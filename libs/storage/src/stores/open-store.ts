import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '#ddim';
import { FileStore } from './file-store.js';
import type { Store } from './store.js';

/** What opens a location, by the scheme of its URL. */
const STORES: Readonly<Record<string, (url: string) => Store>> = {
  file: (url) => new FileStore(fileURLToPath(url)),
};

/** What a location of a store may begin with, beside the path of a directory. */
export const STORE_SCHEMES: readonly string[] = Object.keys(STORES).map((scheme) => `${scheme}://`);

/** The location in full, an absolute path or a URL; undefined: its scheme is none of STORE_SCHEMES. */
export function storeLocation(location: string): string | undefined {
  const scheme = schemeOf(location);
  if (scheme === undefined) return resolve(location);
  return Object.hasOwn(STORES, scheme) ? location : undefined;
}

/**
 * The store at a location: a directory, or a URL whose scheme says what kind of store it is.
 * @throws InputError `validation_failed` for a scheme that nothing opens
 */
export function openStore(location: string): Store {
  const scheme = schemeOf(location);
  if (scheme === undefined) return new FileStore(resolve(location));
  const open = Object.hasOwn(STORES, scheme) ? STORES[scheme] : undefined;
  if (open) return open(location);
  throw new InputError('validation_failed', `expected a directory or ${STORE_SCHEMES.join(', ')}, got ${location}`);
}

function schemeOf(location: string): string | undefined {
  return /^(?<scheme>[a-z][a-z0-9+.-]*):\/\//.exec(location)?.groups?.scheme;
}
