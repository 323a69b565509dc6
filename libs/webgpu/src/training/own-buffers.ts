import type { GpuDevice } from '../runtime/device.js';

/** Buffers that end together, whether or not the last of them could be made. */
export class OwnBuffers {
  private readonly made: GPUBuffer[] = [];

  constructor(private readonly device: GpuDevice) {}

  /** Zeros at first. @throws OutOfMemoryError, DeviceLostError */
  async storage(label: string, bytes: number): Promise<GPUBuffer> {
    return this.keep(await this.device.storage(label, bytes));
  }

  /** @param usage as for GpuDevice.filled. @throws OutOfMemoryError, DeviceLostError */
  async filled(label: string, data: ArrayBufferView, usage?: number): Promise<GPUBuffer> {
    return this.keep(await this.device.filled(label, data, usage));
  }

  destroy(): void {
    for (const buffer of this.made.splice(0)) buffer.destroy();
  }

  private keep(buffer: GPUBuffer): GPUBuffer {
    this.made.push(buffer);
    return buffer;
  }
}
