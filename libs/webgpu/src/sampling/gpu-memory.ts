/** A model's memory on the device. Knows nothing of programs. */

import type { GpuDevice } from '../runtime/device.js';
import { USAGE } from '../runtime/device.js';
import type { NetworkShape } from './network-shape.js';

/** A uniform's place must be a multiple of this, by WebGPU's default limits. */
const UNIFORM_STRIDE = 256;

/** Memory of calls up to some size, with the names of the programs' bindings. */
export interface CallBuffers {
  readonly weights: GPUBuffer;
  readonly call: GPUBuffer;
  readonly state: GPUBuffer;
  readonly hidden: GPUBuffer;
}

interface CallSize {
  readonly words: number;
  readonly rows: number;
  /** Padded. */
  readonly lanes: number;
}

/** Grows to the largest call so far. */
export class GpuMemory {
  private buffers: CallBuffers | undefined;
  private reserved: CallSize = { words: 0, rows: 0, lanes: 0 };

  private constructor(
    private readonly device: GPUDeviceMemory,
    private readonly shape: NetworkShape,
    private readonly weights: GPUBuffer,
    /** Entry i, of PLACE_STRIDE bytes, says step i, or layer i. */
    private readonly places: GPUBuffer,
  ) {}

  /** @param mostSteps of a call. @throws OutOfMemoryError, DeviceLostError */
  static async open(
    device: GPUDeviceMemory,
    shape: NetworkShape,
    { packed, mostSteps }: { readonly packed: Float32Array; readonly mostSteps: number },
  ): Promise<GpuMemory> {
    const count = Math.max(mostSteps, shape.numLayers);
    const words = new Uint32Array((count * UNIFORM_STRIDE) / Uint32Array.BYTES_PER_ELEMENT);
    for (let i = 0; i < count; i++) words.fill(i, (words.length / count) * i, (words.length / count) * i + 2);
    const weights = await device.filled('weights', packed);
    return new GpuMemory(device, shape, weights, await device.filled('places', words, USAGE.uniform));
  }

  /** Step or layer i as a binding. */
  place(i: number): GPUBufferBinding {
    return { buffer: this.places, offset: i * UNIFORM_STRIDE, size: 16 };
  }

  /** The same object as long as nothing has grown. @throws OutOfMemoryError, DeviceLostError */
  async reserve(size: CallSize): Promise<CallBuffers> {
    const { reserved, shape, device } = this;
    const isEnough = size.words <= reserved.words && size.rows <= reserved.rows && size.lanes <= reserved.lanes;
    if (this.buffers && isEnough) return this.buffers;
    const most = {
      words: Math.max(size.words, reserved.words),
      rows: Math.max(size.rows, reserved.rows),
      lanes: Math.max(size.lanes, reserved.lanes),
    };
    this.releaseCalls();
    const made: GPUBuffer[] = [];
    const make = async (label: string, numbers: number): Promise<GPUBuffer> => {
      const buffer = await device.storage(label, numbers * Float32Array.BYTES_PER_ELEMENT);
      made.push(buffer);
      return buffer;
    };
    try {
      const call = await make('call', most.words);
      const state = await make('state', 2 * most.rows * shape.D);
      const hidden = await make('hidden', most.lanes * (shape.HP + shape.UP));
      this.buffers = { weights: this.weights, call, state, hidden };
      this.reserved = most;
      return this.buffers;
    } catch (error) {
      for (const buffer of made) buffer.destroy();
      throw error;
    }
  }

  release(): void {
    this.releaseCalls();
    this.weights.destroy();
    this.places.destroy();
  }

  private releaseCalls(): void {
    for (const buffer of [this.buffers?.call, this.buffers?.state, this.buffers?.hidden]) buffer?.destroy();
    this.buffers = undefined;
    this.reserved = { words: 0, rows: 0, lanes: 0 };
  }
}

type GPUDeviceMemory = Pick<GpuDevice, 'storage' | 'filled'>;
