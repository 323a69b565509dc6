import { extname } from 'node:path';
import { compiledModuleUrl } from '#engine';

/** Compiled file of the sampling backend: what engine threads import. */
export const cudaBackendModule: string = compiledModuleUrl(
  new URL(`./sampling/backend${extname(import.meta.url)}`, import.meta.url),
).href;
