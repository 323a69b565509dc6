import { outputSize, type Precision } from '#ddim';
import type { BackendModule, DenoiserBackend, MacroStep } from '#engine';
import { cudaBackendModule } from '#cuda';
import { gpuAbsence, nvidiaAbsence, onnxBackendModule } from '#onnx';
import { webgpuBackendModule } from '#webgpu';
import { endRows, wholePlan, type GpuContender, type GpuWorkload } from './gpu-workload.js';

/** A backend of ours on one provider. */
export interface GpuPlace {
  readonly name: string;
  readonly backendModule: string;
  readonly provider: string;
}

interface OpenPlace extends GpuPlace {
  readonly backend: DenoiserBackend;
}

export interface SkippedPlace {
  readonly name: string;
  readonly reason: string;
}

export interface GpuBackends {
  readonly open: readonly OpenPlace[];
  readonly skipped: readonly SkippedPlace[];
  readonly close: () => Promise<void>;
}

const PLACES: readonly GpuPlace[] = [
  { name: 'CUDA kernels', backendModule: cudaBackendModule, provider: 'cuda' },
  { name: 'WebGPU kernels', backendModule: webgpuBackendModule, provider: 'webgpu' },
  { name: 'ONNX Runtime cuda', backendModule: onnxBackendModule, provider: 'cuda' },
  { name: 'ONNX Runtime webgpu', backendModule: onnxBackendModule, provider: 'webgpu' },
];

/** Opens all that work here. @param software whether a WebGPU device in software will do */
export async function openGpuBackends(software: boolean): Promise<GpuBackends> {
  const open: OpenPlace[] = [];
  const skipped: SkippedPlace[] = [];
  for (const place of PLACES) {
    try {
      const reason = place.provider === 'cuda' ? nvidiaAbsence() : software ? undefined : gpuAbsence();
      if (reason !== undefined) throw new Error(reason);
      const loaded: BackendModule = await import(place.backendModule);
      open.push({ ...place, backend: await loaded.createBackend({ providers: [place.provider] }) });
    } catch (error) {
      skipped.push({ name: place.name, reason: messageOf(error) });
    }
  }
  const close = async (): Promise<void> => {
    for (const { backend } of open) await backend.close();
  };
  return { open, skipped, close };
}

/** Peaks in FLOP/s of the same device, where they were measured. */
type Peaks = Readonly<Record<'float32' | 'bf16', number>>;

/** In float32, and in bf16 where a backend has it. */
export async function backendContenders(
  { open }: GpuBackends,
  workload: GpuWorkload,
  peaks: Peaks | undefined,
): Promise<GpuContender[]> {
  const contenders: GpuContender[] = [];
  for (const { name, backend } of open)
    for (const precision of backend.capabilities.precisions)
      contenders.push(await contenderOf(backend, workload, { name, precision, peaks }));
  return contenders;
}

/** As an engine thread calls it: state and tables go to the device and come back with every call. */
async function contenderOf(
  backend: DenoiserBackend,
  workload: GpuWorkload,
  about: { readonly name: string; readonly precision: Precision; readonly peaks: Peaks | undefined },
): Promise<GpuContender> {
  const { config, parameters } = workload;
  const { name, precision, peaks } = about;
  const denoiser = await backend.load({ version: 'bench', config, parameters }, precision);
  let step: MacroStep | undefined;
  return {
    name: `${name} ${precision}`,
    peak: precision === 'float32' ? peaks?.float32 : peaks?.bf16,
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
