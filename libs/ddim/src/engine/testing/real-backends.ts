import type { BackendModule, BackendOptions, DenoiserBackend } from '../backend.js';
import { compiledModuleUrl } from '../compiled-module.js';

/** A backend that computes the network, as engine threads get it: by the URL of its compiled module. */
export interface RealBackend {
  readonly kind: 'onnx' | 'tfjs';
  readonly name: string;
  readonly backendModule: string;
  readonly backend: BackendOptions;
}

/** What runs on every machine: the laws of backends and engines are tested on each. */
export const realBackends: readonly RealBackend[] = [
  realBackend('onnx', 'ONNX Runtime', 'cpu'),
  realBackend('tfjs', 'TensorFlow.js', 'wasm'),
];

export async function openBackend({ backendModule, backend }: RealBackend): Promise<DenoiserBackend> {
  const module: BackendModule = await import(backendModule);
  return module.createBackend(backend);
}

/** By its place and not by an import: the engine knows no backend. */
function realBackend(kind: RealBackend['kind'], name: string, provider: string): RealBackend {
  const backendModule = compiledModuleUrl(new URL(`../../${kind}/backend.ts`, import.meta.url)).href;
  return { kind, name, backendModule, backend: { providers: [provider] } };
}
