import { checkParameters } from '#ddim';
import type { BackendInfo, BackendOptions } from '#engine';
import type { LoadedTrainer, TrainBackend, TrainSetup } from '#training';
import type { GpuDevice } from '../runtime/device.js';
import { infoOfDevice, openDevice } from '../runtime/open-device.js';
import { WebGpuTrainer } from './webgpu-trainer.js';

/**
 * Own WGSL kernels as a training backend.
 * @throws InputError `unknown_provider`; BackendError when there is no GPU or no package to reach it
 */
export async function createTrainBackend(options: BackendOptions): Promise<TrainBackend> {
  return new WebGpuTrainBackend(await openDevice(options));
}

/** Trains on one device; closing it gives all its memory back. */
export class WebGpuTrainBackend implements TrainBackend {
  readonly info: BackendInfo;

  constructor(private readonly device: GpuDevice) {
    this.info = infoOfDevice(device);
  }

  async load(setup: TrainSetup): Promise<LoadedTrainer> {
    checkParameters(setup.config, setup.state.parameters);
    return WebGpuTrainer.load(this.device, setup);
  }

  close(): Promise<void> {
    return this.device.close();
  }
}
