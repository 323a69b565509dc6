import { checkParameters } from '#ddim';
import type { BackendInfo, BackendOptions } from '#engine';
import type { LoadedTrainer, TrainBackend, TrainSetup } from '#training';
import { infoOf } from './backend.js';
import { chooseTensorFlow, type TensorFlowJs } from './tensorflow.js';
import { TfjsTrainer } from './tfjs-trainer.js';

/**
 * TensorFlow.js as a training backend, by automatic differentiation.
 * @throws InputError `unknown_provider`; BackendError when no provider of the list works
 */
export async function createTrainBackend(options: BackendOptions): Promise<TrainBackend> {
  const choice = await chooseTensorFlow(options.providers);
  return new TfjsTrainBackend(choice.tf, infoOf(choice));
}

class TfjsTrainBackend implements TrainBackend {
  private readonly trainers = new Set<TfjsTrainer>();

  constructor(
    private readonly tf: TensorFlowJs,
    readonly info: BackendInfo,
  ) {}

  async load(setup: TrainSetup): Promise<LoadedTrainer> {
    checkParameters(setup.config, setup.state.parameters);
    const trainer = new TfjsTrainer(this.tf, setup, () => this.trainers.delete(trainer));
    this.trainers.add(trainer);
    return trainer;
  }

  async close(): Promise<void> {
    for (const trainer of this.trainers) await trainer.dispose();
  }
}
