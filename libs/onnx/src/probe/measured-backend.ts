import { PRECISIONS } from '#ddim';
import type { BackendOptions, DenoiserBackend } from '#engine';
import { OnnxBackend } from '../sampling/backend.js';

/**
 * ONNX Runtime with every precision, those included that it only imitates: bf16 rounds as a device does, and
 * is slower here than float32. For measurements, never for jobs.
 * @throws InputError `unknown_provider`; BackendError when no provider of the list works
 */
export function createBackend(options: BackendOptions): Promise<DenoiserBackend> {
  return OnnxBackend.create(options, PRECISIONS);
}
