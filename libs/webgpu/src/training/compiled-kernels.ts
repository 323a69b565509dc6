import type { GpuDevice } from '../runtime/device.js';
import type { TrainingKernel } from './kernels/kernel.js';

/** The kernels of a device, each compiled once. */
export class CompiledKernels {
  private readonly pipelines = new Map<TrainingKernel, GPUComputePipeline>();

  constructor(private readonly device: GpuDevice) {}

  /** @throws BackendError, DeviceLostError */
  async of(kernel: TrainingKernel): Promise<GPUComputePipeline> {
    const known = this.pipelines.get(kernel);
    if (known) return known;
    const pipeline = await this.device.pipeline(kernel.name, kernel.code);
    this.pipelines.set(kernel, pipeline);
    return pipeline;
  }
}
