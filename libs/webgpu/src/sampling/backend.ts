import { InputError, ModelLoadError, type Precision } from '#ddim';
import {
  isImported,
  type BackendCapabilities,
  type BackendInfo,
  type BackendOptions,
  type DenoiserBackend,
  type DeviceCounters,
  type LoadedDenoiser,
  type LoadTerms,
  type ModelSource,
} from '#engine';
import type { GpuDevice } from '../runtime/device.js';
import { infoOfDevice, openDevice } from '../runtime/open-device.js';
import { WebGpuDenoiser } from './webgpu-denoiser.js';

/** As for ONNX Runtime's provider: long enough to hide transfers, and short enough to be stopped. */
const MAX_STEPS_PER_CALL = 50;
const CHEAP_STEPS = 25;
const MAX_BATCH_ROWS = 4_096;

/**
 * Kernels of our own in WGSL on one GPU.
 * @throws InputError `unknown_provider`; BackendError when there is no GPU or no package to reach it
 */
export async function createBackend(options: BackendOptions): Promise<DenoiserBackend> {
  return new WebGpuBackend(await openDevice(options));
}

class WebGpuBackend implements DenoiserBackend {
  readonly info: BackendInfo;
  readonly capabilities: BackendCapabilities = {
    maxStepsPerCall: MAX_STEPS_PER_CALL,
    cheapStepsPerCall: CHEAP_STEPS,
    maxBatchRows: MAX_BATCH_ROWS,
    threadsPerDevice: 1,
    precisions: ['float32'],
  };
  private readonly loaded = new Set<LoadedDenoiser>();

  constructor(private readonly device: GpuDevice) {
    this.info = infoOfDevice(device);
  }

  get counters(): DeviceCounters {
    return this.device.counters;
  }

  async load(model: ModelSource, precision: Precision, terms?: LoadTerms): Promise<LoadedDenoiser> {
    if (isImported(model))
      throw new ModelLoadError(
        `${model.version} is an ONNX file, which only ONNX Runtime runs; use STRIDE_BACKEND=onnx`,
      );
    if (precision !== 'float32')
      throw new InputError('unsupported_option', `precision must be float32 on webgpu, got ${precision}`, {
        field: 'precision',
      });
    const onDispose = (): void => void this.loaded.delete(denoiser);
    const denoiser: LoadedDenoiser = await WebGpuDenoiser.load(this.device, {
      model,
      mostSteps: MAX_STEPS_PER_CALL,
      onDispose,
      terms,
    });
    this.loaded.add(denoiser);
    return denoiser;
  }

  async close(): Promise<void> {
    for (const denoiser of this.loaded) await denoiser.dispose();
    await this.device.close();
  }
}
