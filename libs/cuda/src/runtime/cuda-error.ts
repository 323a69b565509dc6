/** Turns what the driver answers into errors of ours. Knows nothing of who called it. */

import { BackendError, DeviceLostError, OutOfMemoryError, type DdimError } from '#ddim';

/** The driver's answer to a call: its own name and sentence. */
interface CudaFault {
  /** The function that was called. */
  readonly call: string;
  readonly name: string;
  readonly description: string;
  /** What the compiler of PTX wrote, where it was called. */
  readonly log?: string;
}

/**
 * After one of these every further call fails in the same way: the context is gone, and with it all that lies
 * on the device.
 */
const LOST: ReadonlySet<string> = new Set([
  'CUDA_ERROR_DEINITIALIZED',
  'CUDA_ERROR_DEVICE_UNAVAILABLE',
  'CUDA_ERROR_ECC_UNCORRECTABLE',
  'CUDA_ERROR_NVLINK_UNCORRECTABLE',
  'CUDA_ERROR_ILLEGAL_ADDRESS',
  'CUDA_ERROR_LAUNCH_TIMEOUT',
  'CUDA_ERROR_CONTEXT_IS_DESTROYED',
  'CUDA_ERROR_ASSERT',
  'CUDA_ERROR_HARDWARE_STACK_ERROR',
  'CUDA_ERROR_ILLEGAL_INSTRUCTION',
  'CUDA_ERROR_MISALIGNED_ADDRESS',
  'CUDA_ERROR_INVALID_ADDRESS_SPACE',
  'CUDA_ERROR_INVALID_PC',
  'CUDA_ERROR_LAUNCH_FAILED',
  'CUDA_ERROR_TENSOR_MEMORY_LEAK',
  'CUDA_ERROR_CONTAINED',
  'CUDA_ERROR_EXTERNAL_DEVICE',
  'CUDA_ERROR_UNKNOWN',
]);

/** OutOfMemoryError, DeviceLostError, or BackendError. */
export function cudaError({ call, name, description, log }: CudaFault): DdimError {
  const message = [`${call} failed with ${name} (${description})`, ...(log ? [log] : [])].join(': ');
  if (name === 'CUDA_ERROR_OUT_OF_MEMORY') return new OutOfMemoryError(message);
  return LOST.has(name) ? new DeviceLostError(message) : new BackendError(message);
}
