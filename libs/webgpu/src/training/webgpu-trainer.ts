import type { DenoiserParameters } from '#ddim';
import type { LoadedTrainer, TrainBatch, TrainSetup, TrainState, TrainStepResult } from '#training';
import type { GpuDevice } from '../runtime/device.js';
import { DeviceState } from './device-state.js';
import type { PassKind } from './pass-memory.js';
import { TrainingPass } from './training-pass.js';

/** A training run whose state stays on the device. */
export class WebGpuTrainer implements LoadedTrainer {
  private readonly passes = new Map<string, TrainingPass>();

  private constructor(
    private readonly device: GpuDevice,
    private readonly setup: TrainSetup,
    private readonly state: DeviceState,
  ) {}

  /** @throws OutOfMemoryError, DeviceLostError */
  static async load(device: GpuDevice, setup: TrainSetup): Promise<WebGpuTrainer> {
    return new WebGpuTrainer(device, setup, await DeviceState.create(device, setup.config, setup.state));
  }

  async trainStep(batch: TrainBatch): Promise<TrainStepResult> {
    const { loss, gradNorm, finite } = await this.run('update', batch);
    return { loss, gradNorm, applied: finite };
  }

  async evaluate(batch: TrainBatch): Promise<number> {
    return (await this.run('loss', batch)).loss;
  }

  readAverage(): Promise<DenoiserParameters> {
    return this.state.readAverage();
  }

  readState(): Promise<TrainState> {
    return this.state.read();
  }

  async dispose(): Promise<void> {
    for (const pass of this.passes.values()) pass.dispose();
    this.passes.clear();
    this.state.dispose();
  }

  private async run(kind: PassKind, batch: TrainBatch) {
    return (await this.pass(kind, batch.numRows)).run(batch);
  }

  private async pass(kind: PassKind, rows: number): Promise<TrainingPass> {
    const key = `${kind}/${rows}`;
    const known = this.passes.get(key);
    if (known) return known;
    const { device, setup, state } = this;
    const pass = await TrainingPass.create({ device, setup, state }, kind, rows);
    this.passes.set(key, pass);
    return pass;
  }
}
