import { checkParameters } from '#ddim';
import type { BackendInfo, BackendOptions } from '#engine';
import type { LoadedTrainer, TrainBackend, TrainSetup } from '#training';
import { GpuDevice } from '../runtime/device.js';
import { CompiledKernels } from './compiled-kernels.js';
import { WebGpuTrainer } from './webgpu-trainer.js';

/**
 * Own WGSL kernels as a training backend.
 * @throws InputError `unknown_provider`; BackendError when the package or a device is not to be had
 */
export async function createTrainBackend(options: BackendOptions): Promise<TrainBackend> {
  return new WebGpuTrainBackend(
    await GpuDevice.open({ device: options.device, software: options.providers.length === 1 }),
  );
}

/** Trains on one device; closing it gives all its memory back. */
export class WebGpuTrainBackend implements TrainBackend {
  readonly info: BackendInfo;
  private readonly kernels: CompiledKernels;

  constructor(private readonly device: GpuDevice) {
    this.kernels = new CompiledKernels(device);
    this.info = { kind: 'webgpu', provider: 'webgpu', device: device.name, version: '0.6.2', rejected: [] };
  }

  async load(setup: TrainSetup): Promise<LoadedTrainer> {
    checkParameters(setup.config, setup.state.parameters);
    return WebGpuTrainer.load(this.device, this.kernels, setup);
  }

  close(): Promise<void> {
    return this.device.close();
  }
}
