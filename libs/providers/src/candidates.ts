/** All that a worker can compute with, best first. Knows nothing of what works here. */

import { createRequire } from 'node:module';
import { cudaBackendModule } from '#cuda';
import { gpuAbsence, nvidiaAbsence, onnxBackendModule, onnxTrainBackendModule } from '#onnx';
import type { BackendPlace } from '#training';
import { webgpuBackendModule, webgpuTrainBackendModule } from '#webgpu';

/** A backend on one provider. */
export interface Candidate {
  /** Unique among all: `cuda` and `webgpu` are kernels of our own, `onnx:…` ONNX Runtime's providers. */
  readonly name: string;
  /** As BackendWish.providers calls it. */
  readonly provider: string;
  readonly sampling: BackendPlace;
  /** Absent: it trains nothing. */
  readonly training?: BackendPlace;
  /** Whether it runs imported files, too. */
  readonly runsFiles: boolean;
  /**
   * Why it cannot be here, as far as a look shows, so that no process need try it.
   * @param isForced nothing else will do, hence a device in software does, which no look shows
   */
  readonly absence: (isForced: boolean) => string | undefined;
}

/** Best first; the last one works everywhere. */
export const CANDIDATES: readonly Candidate[] = [
  {
    name: 'cuda',
    provider: 'cuda',
    sampling: { module: cudaBackendModule, options: { providers: ['cuda'] } },
    runsFiles: false,
    absence: () => packageAbsence('koffi') ?? nvidiaAbsence(),
  },
  {
    name: 'webgpu',
    provider: 'webgpu',
    sampling: { module: webgpuBackendModule, options: { providers: ['webgpu'] } },
    training: { module: webgpuTrainBackendModule, options: { providers: ['webgpu'] } },
    runsFiles: false,
    absence: (isForced) => packageAbsence('webgpu') ?? (isForced ? undefined : gpuAbsence()),
  },
  onnxOn('cuda', () => nvidiaAbsence()),
  onnxOn('webgpu', (isForced) => (isForced ? undefined : gpuAbsence())),
  onnxOn('cpu', () => undefined),
];

function onnxOn(provider: string, absence: Candidate['absence']): Candidate {
  const options = { providers: [provider] };
  return {
    name: `onnx:${provider}`,
    provider,
    sampling: { module: onnxBackendModule, options },
    training: { module: onnxTrainBackendModule, options },
    runsFiles: true,
    absence,
  };
}

/** Looks it up without loading it. */
function packageAbsence(name: string): string | undefined {
  try {
    createRequire(import.meta.url).resolve(name);
    return undefined;
  } catch {
    return `the optional package ${name} is not installed`;
  }
}
