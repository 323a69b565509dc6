import { extname } from 'node:path';
import { compiledModuleUrl } from '#engine';

/** Compiled file of the training backend: what the training thread imports. */
export const webgpuTrainBackendModule: string = compiledUrl('training/train-backend');

function compiledUrl(module: string): string {
  return compiledModuleUrl(new URL(`./${module}${extname(import.meta.url)}`, import.meta.url)).href;
}
