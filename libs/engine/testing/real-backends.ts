import type { BackendModule, BackendOptions, DenoiserBackend } from '../src/backend/backend.js';
import { onnxBackendModule } from '#onnx';
import { tfjsBackendModule } from '#tfjs';
import { webgpuBackendModule } from '#webgpu';
import { noDeviceReason } from '../../webgpu/testing/software-device.js';

/** A backend that computes the network, as engine threads get it: by the URL of its compiled module. */
export interface RealBackend {
  readonly kind: 'onnx' | 'tfjs' | 'webgpu';
  readonly name: string;
  readonly backendModule: string;
  readonly backend: BackendOptions;
}

/** Which backends the laws are tested on: those of every machine, or `webgpu` (minutes). */
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
export const realBackends: readonly RealBackend[] = wanted === 'webgpu' ? softwareBackends : everywhere;

export async function openBackend({ backendModule, backend }: RealBackend): Promise<DenoiserBackend> {
  const module: BackendModule = await import(backendModule);
  return module.createBackend(backend);
}
