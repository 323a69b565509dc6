import type { BackendModule, BackendOptions, DenoiserBackend } from '../src/backend/backend.js';
import { onnxBackendModule } from '#onnx';
import { tfjsBackendModule } from '#tfjs';

/** A backend that computes the network, as engine threads get it: by the URL of its compiled module. */
export interface RealBackend {
  readonly kind: 'onnx' | 'tfjs';
  readonly name: string;
  readonly backendModule: string;
  readonly backend: BackendOptions;
}

/** What runs on every machine: the laws of backends and engines are tested on each. */
export const realBackends: readonly RealBackend[] = [
  { kind: 'onnx', name: 'ONNX Runtime', backendModule: onnxBackendModule, backend: { providers: ['cpu'] } },
  { kind: 'tfjs', name: 'TensorFlow.js', backendModule: tfjsBackendModule, backend: { providers: ['wasm'] } },
];

export async function openBackend({ backendModule, backend }: RealBackend): Promise<DenoiserBackend> {
  const module: BackendModule = await import(backendModule);
  return module.createBackend(backend);
}
