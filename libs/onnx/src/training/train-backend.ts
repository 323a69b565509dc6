import { checkParameters } from '#ddim';
import type { BackendInfo, BackendOptions } from '#engine';
import type { LoadedTrainer, TrainBackend, TrainSetup } from '#training';
import { chooseProvider, type ProviderChoice } from '../runtime/providers.js';
import { loadOnnxRuntime, type OnnxRuntime } from '../runtime/session.js';
import { OnnxTrainer } from './training-session.js';

/**
 * ONNX Runtime as a training backend, on the first execution provider that really works.
 * @throws InputError `unknown_provider`; BackendError when no provider of the list works
 */
export async function createTrainBackend(options: BackendOptions): Promise<TrainBackend> {
  const runtime = await loadOnnxRuntime();
  return new OnnxTrainBackend(runtime, await chooseProvider(runtime, options.providers));
}

class OnnxTrainBackend implements TrainBackend {
  readonly info: BackendInfo;
  private readonly trainers = new Set<OnnxTrainer>();

  constructor(
    private readonly runtime: OnnxRuntime,
    private readonly choice: ProviderChoice,
  ) {
    const { provider, device, rejected } = choice;
    const version = runtime.env.versions.node ?? runtime.env.versions.common;
    this.info = { kind: 'onnx', provider, device, version, rejected };
  }

  async load(setup: TrainSetup): Promise<LoadedTrainer> {
    checkParameters(setup.config, setup.state.parameters);
    const trainer = new OnnxTrainer(this.runtime, this.choice.provider, setup, () => this.trainers.delete(trainer));
    this.trainers.add(trainer);
    return trainer;
  }

  async close(): Promise<void> {
    for (const trainer of this.trainers) await trainer.dispose();
  }
}
