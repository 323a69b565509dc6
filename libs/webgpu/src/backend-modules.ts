import { extname } from 'node:path';
import { compiledModuleUrl } from '#engine';
import { namedLibrary, type BackendLibrary } from '#training';
import { WEBGPU_PROVIDERS } from './runtime/providers.js';

/** Compiled file of the sampling backend: what engine threads import. */
export const webgpuBackendModule: string = compiledUrl('sampling/backend');

/** Compiled file of the training backend: what the training thread imports. */
export const webgpuTrainBackendModule: string = compiledUrl('training/train-backend');

/** Kernels of our own on WebGPU, as a worker knows them. */
export const webgpu: BackendLibrary = namedLibrary({
  sampling: webgpuBackendModule,
  training: webgpuTrainBackendModule,
  providers: WEBGPU_PROVIDERS,
});

function compiledUrl(module: string): string {
  return compiledModuleUrl(new URL(`./${module}${extname(import.meta.url)}`, import.meta.url)).href;
}
