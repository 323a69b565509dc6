import { outputSize } from '#ddim';
import type { BackendModule, DenoiserBackend, MacroStep } from '#engine';
import { detectProviders, onnxBackendModule } from '#onnx';
import { endRows, wholePlan, type GpuContender, type GpuWorkload } from './gpu-workload.js';

const GPU_PROVIDERS = ['cuda', 'webgpu'] as const;

export interface SkippedProvider {
  readonly provider: string;
  readonly reason: string;
}

export interface OnnxDevices {
  /** Providers that work here, as the contenders. */
  readonly providers: readonly string[];
  readonly contenders: readonly GpuContender[];
  readonly skipped: readonly SkippedProvider[];
  readonly close: () => Promise<void>;
}

/**
 * @param options software: whether a WebGPU device in software will do; peak: FLOP/s of the device in float32
 */
export async function onnxContenders(
  workload: GpuWorkload,
  options: { readonly software: boolean; readonly peak: number | undefined },
): Promise<OnnxDevices> {
  const statuses = await detectProviders();
  const module: BackendModule = await import(onnxBackendModule);
  const [backends, skipped]: [DenoiserBackend[], SkippedProvider[]] = [[], []];
  const contenders: GpuContender[] = [];
  const providers: string[] = [];
  for (const provider of GPU_PROVIDERS) {
    const status = statuses.find((candidate) => candidate.provider === provider);
    if (status?.works === false && !(options.software && provider === 'webgpu')) {
      skipped.push({ provider, reason: status.reason });
      continue;
    }
    try {
      const backend = await module.createBackend({ providers: [provider] });
      backends.push(backend);
      const name = `ONNX Runtime ${provider} float32`;
      contenders.push(await contenderOf(backend, workload, { name, peak: options.peak }));
      providers.push(provider);
    } catch (error) {
      skipped.push({ provider, reason: messageOf(error) });
    }
  }
  const close = async (): Promise<void> => {
    for (const backend of backends) await backend.close();
  };
  return { providers, contenders, skipped, close };
}

/** As an engine thread calls it: state and tables go to the device and come back with every call. */
async function contenderOf(
  backend: DenoiserBackend,
  workload: GpuWorkload,
  about: Pick<GpuContender, 'name' | 'peak'>,
): Promise<GpuContender> {
  const { config, parameters } = workload;
  const denoiser = await backend.load({ version: 'bench', config, parameters }, 'float32');
  let step: MacroStep | undefined;
  return {
    ...about,
    prepare: async (numRows) => {
      step = wholePlan(workload, numRows);
      try {
        await denoiser.advance(step);
        return { actions: endRows(step.x, outputSize(config)) };
      } catch (error) {
        return { problem: messageOf(error) };
      }
    },
    run: async (calls) => {
      const seconds: number[] = [];
      if (step === undefined) return seconds;
      const prepared = step;
      for (let call = 0; call < calls; call++) {
        const startedAt = performance.now();
        await denoiser.advance(prepared);
        seconds.push((performance.now() - startedAt) / 1e3);
      }
      return seconds;
    },
    release: () => {
      step = undefined;
      return Promise.resolve();
    },
  };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0].slice(0, 200);
}
