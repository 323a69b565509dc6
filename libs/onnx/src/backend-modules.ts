import { extname } from 'node:path';
import { compiledModuleUrl } from '#engine';
import { namedLibrary, type BackendLibrary } from '#training';
import { PROVIDER_ORDER } from './runtime/providers.js';

/** Compiled file of the sampling backend: what engine threads import. */
export const onnxBackendModule: string = compiledUrl('sampling/backend');

/** Compiled file of the backend with which precisions are measured. */
export const onnxMeasuredBackendModule: string = compiledUrl('probe/measured-backend');

/** Compiled file of the training backend: what the training thread imports. */
export const onnxTrainBackendModule: string = compiledUrl('training/train-backend');

/** ONNX Runtime, as a worker knows it. */
export const onnx: BackendLibrary = namedLibrary({
  sampling: onnxBackendModule,
  training: onnxTrainBackendModule,
  providers: PROVIDER_ORDER,
});

function compiledUrl(module: string): string {
  return compiledModuleUrl(new URL(`./${module}${extname(import.meta.url)}`, import.meta.url)).href;
}
