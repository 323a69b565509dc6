import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '#ddim';
import { FileStore } from './file-store.js';
import type { Store } from './store.js';

/** What opens a location, by its scheme. */
const STORES: Readonly<Record<string, (location: URL) => Store>> = {
  file: (location) => new FileStore(fileURLToPath(location)),
};

const SCHEME = /^(?<scheme>[a-z][a-z0-9+.-]+):\/\//;

/**
 * The store at a location: a directory, or a URL whose scheme says what kind of store it is.
 * @throws InputError `validation_failed` for a scheme that nothing opens
 */
export function openStore(location: string): Store {
  const scheme = SCHEME.exec(location)?.groups?.scheme;
  if (scheme === undefined) return new FileStore(resolve(location));
  const open = Object.hasOwn(STORES, scheme) ? STORES[scheme] : undefined;
  if (open) return open(new URL(location));
  const known = Object.keys(STORES).map((each) => `${each}://`);
  throw new InputError(
    'validation_failed',
    `expected a directory or a URL with ${known.join(' or ')}, got ${location}`,
  );
}
