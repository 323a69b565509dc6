import { extname } from 'node:path';
import { compiledModuleUrl } from '#engine';
import { namedLibrary, type BackendLibrary } from '#training';

/** Compiled file of the sampling backend: what engine threads import. */
export const cudaBackendModule: string = compiledUrl('sampling/backend');

/** Kernels of our own on NVIDIA's driver, as a worker knows them; it refuses to train. */
export const cuda: BackendLibrary = namedLibrary({
  sampling: cudaBackendModule,
  training: compiledUrl('training/train-backend'),
  providers: ['cuda'],
});

function compiledUrl(module: string): string {
  return compiledModuleUrl(new URL(`./${module}${extname(import.meta.url)}`, import.meta.url)).href;
}
