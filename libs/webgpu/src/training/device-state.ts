import { timeEmbedding, type DenoiserParameters, type MlpDenoiserConfig } from '#ddim';
import type { TrainState } from '#training';
import type { GpuDevice } from '../runtime/device.js';
import { STATE_ORDER } from './kernels/update-kernel.js';
import { OwnBuffers } from './own-buffers.js';
import { ParameterPlaces } from './parameter-places.js';

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** What stays on the device for a whole run. */
interface StateBuffers {
  /** The parts of the state, see STATE_ORDER. */
  readonly state: GPUBuffer;
  readonly gradients: GPUBuffer;
  /** [T,H]. */
  readonly times: GPUBuffer;
}

/**
 * Parameters, moments, weight average and gradients of a run, on the device from its first update to its
 * last.
 */
export class DeviceState {
  private constructor(
    private readonly device: GpuDevice,
    readonly places: ParameterPlaces,
    /** What is not trained is read back as it was. */
    private readonly initial: TrainState,
    private readonly own: OwnBuffers,
    readonly buffers: StateBuffers,
  ) {}

  /** @throws OutOfMemoryError, DeviceLostError */
  static async create(device: GpuDevice, config: MlpDenoiserConfig, initial: TrainState): Promise<DeviceState> {
    const places = new ParameterPlaces(config);
    const own = new OwnBuffers(device);
    try {
      const state = await own.storage('training state', BYTES * STATE_ORDER.length * places.partSize);
      const gradients = await own.storage('gradients', BYTES * places.size);
      const times = await own.filled('time embeddings', timeEmbeddings(config));
      const uploads = [{ buffer: state, data: packState(places, initial) }];
      await device.run({ label: 'loading the training state', uploads, dispatches: [] });
      return new DeviceState(device, places, initial, own, { state, gradients, times });
    } catch (error) {
      own.destroy();
      throw error;
    }
  }

  /** One part of the state, to bind as weights. */
  part(name: (typeof STATE_ORDER)[number]): GPUBufferBinding {
    const size = BYTES * this.places.partSize;
    return { buffer: this.buffers.state, offset: STATE_ORDER.indexOf(name) * size, size };
  }

  /** Copies. */
  async read(): Promise<TrainState> {
    const flat = await this.download(STATE_ORDER.length);
    const [ema, parameters, firstMoments, secondMoments] = STATE_ORDER.map((part, i) =>
      this.places.unpack(flat.subarray(i * this.places.partSize), this.initial[part]),
    );
    return { ema, parameters, firstMoments, secondMoments };
  }

  /** A copy of the weight average, which is the first part. */
  async readAverage(): Promise<DenoiserParameters> {
    return this.places.unpack(await this.download(1), this.initial.ema);
  }

  dispose(): void {
    this.own.destroy();
  }

  private async download(numParts: number): Promise<Float32Array> {
    const data = new Float32Array(numParts * this.places.partSize);
    const download = { buffer: this.buffers.state, data };
    await this.device.run({ label: 'reading the training state', dispatches: [], download });
    return data;
  }
}

function packState(places: ParameterPlaces, state: TrainState): Float32Array {
  const flat = new Float32Array(STATE_ORDER.length * places.partSize);
  for (const [i, part] of STATE_ORDER.entries()) places.pack(state[part], flat.subarray(i * places.partSize));
  return flat;
}

function timeEmbeddings({ numTrainTimesteps: T, hiddenSize: H }: MlpDenoiserConfig): Float32Array {
  const table = new Float32Array(T * H);
  for (let t = 0; t < T; t++) table.set(timeEmbedding(t, T, H), t * H);
  return table;
}
