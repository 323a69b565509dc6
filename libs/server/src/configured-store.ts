import { Logger } from '@nestjs/common';
import { openStore, type Store } from '#storage';
import type { loadConfig } from './config.js';

/** What says where the store of a process is, and how it is reached. */
export const STORE_VARIABLES = [
  'STRIDE_ARTIFACTS',
  'STRIDE_ARTIFACTS_KEY',
  'STRIDE_ARTIFACTS_CACHE',
  'STRIDE_ARTIFACTS_CACHE_BYTES',
  'STRIDE_S3_FORCE_PATH_STYLE',
] as const;

type StoreConfig = ReturnType<typeof loadConfig<(typeof STORE_VARIABLES)[number]>>;

const logger = new Logger('Store');

/** The store of this process; nothing is connected before it is used. */
export function openConfiguredStore(config: StoreConfig): Store {
  if (config.STRIDE_ARTIFACTS.startsWith('http://') && config.STRIDE_ARTIFACTS_KEY !== undefined)
    logger.warn('STRIDE_ARTIFACTS is http://: the key and all artifacts travel unencrypted');
  return openStore(config.STRIDE_ARTIFACTS, {
    key: config.STRIDE_ARTIFACTS_KEY,
    cache: config.STRIDE_ARTIFACTS_CACHE,
    cacheBytes: config.STRIDE_ARTIFACTS_CACHE_BYTES,
    forcePathStyle: config.STRIDE_S3_FORCE_PATH_STYLE,
  });
}
