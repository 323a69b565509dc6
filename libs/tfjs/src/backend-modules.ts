import { extname } from 'node:path';
import { compiledModuleUrl } from '#engine';

/** Compiled file of the sampling backend: what engine threads import. */
export const tfjsBackendModule: string = compiledUrl('backend');

/** Compiled file of the training backend: what the training thread imports. */
export const tfjsTrainBackendModule: string = compiledUrl('train-backend');

function compiledUrl(module: string): string {
  return compiledModuleUrl(new URL(`./${module}${extname(import.meta.url)}`, import.meta.url)).href;
}
