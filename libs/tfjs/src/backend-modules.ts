import { extname } from 'node:path';
import { compiledModuleUrl } from '#engine';
import { namedLibrary, type BackendLibrary } from '#training';
import { TFJS_PROVIDERS } from './tensorflow.js';

/** Compiled file of the sampling backend: what engine threads import. */
export const tfjsBackendModule: string = compiledUrl('backend');

/** Compiled file of the training backend: what the training thread imports. */
const tfjsTrainBackendModule: string = compiledUrl('train-backend');

/** TensorFlow.js, as a worker knows it. */
export const tfjs: BackendLibrary = namedLibrary({
  sampling: tfjsBackendModule,
  training: tfjsTrainBackendModule,
  providers: TFJS_PROVIDERS,
});

function compiledUrl(module: string): string {
  return compiledModuleUrl(new URL(`./${module}${extname(import.meta.url)}`, import.meta.url)).href;
}
