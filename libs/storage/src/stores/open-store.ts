import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '#ddim';
import { parseApiLocation } from './api/api-location.js';
import { ApiStore } from './api/api-store.js';
import { FileStore } from './file-store.js';
import { parseS3Location } from './s3/s3-location.js';
import { S3Store } from './s3/s3-store.js';
import type { Store } from './store.js';
import { DEFAULT_STORE_SETTINGS, type StoreSettings } from './store-settings.js';

/** What opens a location, by the scheme of its URL; nothing, if the rest of it is not well-formed. */
const STORES: Readonly<Record<string, (url: string, settings: StoreSettings) => Store | undefined>> = {
  file: (url) => new FileStore(fileURLToPath(url)),
  s3: (url, settings) => {
    const location = parseS3Location(url);
    return location && new S3Store(location, settings);
  },
  http: openApi,
  https: openApi,
};

/** What a location of a store may look like. */
export const STORE_LOCATIONS =
  'a directory, file:///path, s3://bucket/prefix, https://api, or http://api in a private network';

/** The location in full, an absolute path or a URL; undefined: it is none of STORE_LOCATIONS. */
export function storeLocation(location: string): string | undefined {
  return open(location, DEFAULT_STORE_SETTINGS) && (isUrl(location) ? location : resolve(location));
}

/**
 * The store at a location: a directory, or a URL whose scheme says what kind of store it is. Nothing is
 * connected before it is used.
 * @throws InputError `validation_failed` for what is none of STORE_LOCATIONS
 */
export function openStore(location: string, settings: Partial<StoreSettings> = {}): Store {
  const store = open(location, { ...DEFAULT_STORE_SETTINGS, ...settings });
  if (store) return store;
  throw new InputError('validation_failed', `expected ${STORE_LOCATIONS}, got ${location}`);
}

function open(location: string, settings: StoreSettings): Store | undefined {
  if (!isUrl(location)) return new FileStore(resolve(location));
  const scheme = location.slice(0, location.indexOf('://'));
  return Object.hasOwn(STORES, scheme) ? STORES[scheme]?.(location, settings) : undefined;
}

function openApi(url: string, settings: StoreSettings): Store | undefined {
  const base = parseApiLocation(url);
  return base && new ApiStore(base, settings);
}

function isUrl(location: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//.test(location);
}
