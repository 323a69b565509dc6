import type { BackendModule, BackendOptions, DenoiserBackend } from '../src/backend/backend.js';
import { cudaBackendModule } from '#cuda';
import { onnxBackendModule } from '#onnx';
import { tfjsBackendModule } from '#tfjs';
import { webgpuBackendModule } from '#webgpu';
import { noDeviceReason } from '../../webgpu/testing/software-device.js';

/** A backend that computes the network, as engine threads get it: by the URL of its compiled module. */
export interface RealBackend {
  readonly kind: 'onnx' | 'tfjs' | 'webgpu' | 'cuda';
  readonly name: string;
  readonly backendModule: string;
  readonly backend: BackendOptions;
}

/** Which backends the laws are tested on: those of every machine, or kernels of our own (minutes). */
const wanted = process.env.STRIDE_TEST_BACKENDS ?? 'everywhere';

const everywhere: readonly RealBackend[] = [
  { kind: 'onnx', name: 'ONNX Runtime', backendModule: onnxBackendModule, backend: { providers: ['cpu'] } },
  { kind: 'tfjs', name: 'TensorFlow.js', backendModule: tfjsBackendModule, backend: { providers: ['wasm'] } },
];

/** WGSL on a device in software, where there is one: seconds to compile and slow to run. */
export const softwareBackends: readonly RealBackend[] = noDeviceReason
  ? []
  : [{ kind: 'webgpu', name: 'WebGPU', backendModule: webgpuBackendModule, backend: { providers: ['webgpu'] } }];

/** The laws of backends and engines are tested on each. */
export const realBackends: readonly RealBackend[] =
  wanted === 'kernels' ? [...softwareBackends, ...(await stubbedCuda())] : everywhere;

/** CUDA's host side on a driver that computes on the processor, where there is a compiler for it. */
async function stubbedCuda(): Promise<readonly RealBackend[]> {
  const { buildStubDriver, noStubReason } = await import('../../cuda/testing/stub-driver.js');
  if (noStubReason) return [];
  buildStubDriver().reset();
  return [{ kind: 'cuda', name: 'CUDA', backendModule: cudaBackendModule, backend: { providers: [] } }];
}

export async function openBackend({ backendModule, backend }: RealBackend): Promise<DenoiserBackend> {
  const module: BackendModule = await import(backendModule);
  return module.createBackend(backend);
}
