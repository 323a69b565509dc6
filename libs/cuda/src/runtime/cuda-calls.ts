/**
 * The functions of the CUDA driver that are called, each by its name, and what becomes of their status. Knows
 * nothing of what is asked.
 */

import { cudaError } from './cuda-error.js';
import { NativeLibrary, type NativeFunction, type NativeType, type NativeValue } from './native-library.js';

const PROTOTYPES = {
  cuInit: ['uint32'],
  cuDriverGetVersion: ['pointer'],
  cuGetErrorName: ['int', 'pointer'],
  cuGetErrorString: ['int', 'pointer'],
  cuDeviceGetCount: ['pointer'],
  cuDeviceGet: ['pointer', 'int'],
  cuDeviceGetName: ['pointer', 'int', 'int'],
  cuDeviceGetAttribute: ['pointer', 'int', 'int'],
  cuDevicePrimaryCtxRetain: ['pointer', 'int'],
  cuDevicePrimaryCtxRelease_v2: ['int'],
  cuCtxSetCurrent: ['pointer'],
  cuMemAlloc_v2: ['pointer', 'size_t'],
  cuMemFree_v2: ['uint64'],
  cuMemHostAlloc: ['pointer', 'size_t', 'uint32'],
  cuMemFreeHost: ['pointer'],
  cuMemcpyHtoDAsync_v2: ['uint64', 'pointer', 'size_t', 'pointer'],
  cuMemcpyDtoHAsync_v2: ['pointer', 'uint64', 'size_t', 'pointer'],
  cuModuleLoadDataEx: ['pointer', 'pointer', 'uint32', 'pointer', 'pointer'],
  cuModuleUnload: ['pointer'],
  cuModuleGetFunction: ['pointer', 'pointer', 'str'],
  cuFuncSetAttribute: ['pointer', 'int', 'int'],
  cuLaunchKernel: [
    'pointer',
    ...(['uint32', 'uint32', 'uint32'] as const),
    ...(['uint32', 'uint32', 'uint32'] as const),
    ...(['uint32', 'pointer', 'pointer', 'pointer'] as const),
  ],
  cuStreamCreate: ['pointer', 'uint32'],
  cuStreamDestroy_v2: ['pointer'],
  cuStreamSynchronize: ['pointer'],
  cuStreamBeginCapture_v2: ['pointer', 'int'],
  cuStreamEndCapture: ['pointer', 'pointer'],
  cuGraphInstantiateWithFlags: ['pointer', 'pointer', 'uint64'],
  cuGraphDestroy: ['pointer'],
  cuGraphExecDestroy: ['pointer'],
  cuGraphLaunch: ['pointer', 'pointer'],
  cuEventCreate: ['pointer', 'uint32'],
  cuEventDestroy_v2: ['pointer'],
  cuEventRecord: ['pointer', 'pointer'],
  cuEventElapsedTime: ['pointer', 'pointer', 'pointer'],
} as const satisfies Readonly<Record<string, readonly NativeType[]>>;
type CudaCall = keyof typeof PROTOTYPES;

/** Checked, synchronous calls. */
export class CudaCalls {
  /** What a call makes is written here. */
  private readonly made = new BigUint64Array(1);
  private readonly functions: ReadonlyMap<string, NativeFunction>;

  /** @throws BackendError when the library lacks one of them */
  constructor(private readonly library: NativeLibrary) {
    const prototypes: ReadonlyArray<[string, readonly NativeType[]]> = Object.entries(PROTOTYPES);
    this.functions = new Map(prototypes.map(([name, types]) => [name, library.function(name, types)]));
  }

  /** @throws OutOfMemoryError, DeviceLostError, BackendError with the driver's own name of what is wrong */
  call(name: CudaCall, ...values: readonly NativeValue[]): void {
    const status = this.status(name, values);
    if (status !== 0) throw this.errorOf(name, status);
  }

  /** A call that writes a handle to its first parameter. */
  make(name: CudaCall, ...values: readonly NativeValue[]): bigint {
    this.call(name, this.made, ...values);
    return this.made[0];
  }

  /** CUresult; 0 is success. */
  status(name: CudaCall, values: readonly NativeValue[]): number {
    return Number(this.functions.get(name)?.(...values));
  }

  /** @param log what else the driver wrote about it */
  errorOf(call: CudaCall, status: number, log = ''): Error {
    const name = this.word('cuGetErrorName', status) ?? `CUDA_ERROR_${status}`;
    const description = this.word('cuGetErrorString', status) ?? 'unknown to the driver';
    return cudaError({ call, name, description, log });
  }

  private word(name: CudaCall, status: number): string | undefined {
    const address = new BigUint64Array(1);
    if (this.status(name, [status, address]) !== 0 || address[0] === 0n) return undefined;
    return this.library.text(address[0]);
  }
}
