import { extname } from 'node:path';
import { compiledModuleUrl } from '#engine';

/** Compiled file of the sampling backend that puts kernels of our own and ONNX Runtime together. */
export const compositeModule: string = compiledModuleUrl(
  new URL(`./sampling/backend${extname(import.meta.url)}`, import.meta.url),
).href;
