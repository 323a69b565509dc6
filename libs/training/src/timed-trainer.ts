import { modelBytes, type CallClock, CallTimer } from '#engine';
import type { LoadedTrainer, TrainBackend, TrainSetup } from './train-backend.js';

/** Loads a run; each of its native calls has an allowance of its own. */
export async function loadTimed(backend: TrainBackend, setup: TrainSetup, clock: CallClock): Promise<LoadedTrainer> {
  const { config, state } = setup;
  const timer = new CallTimer(clock, modelBytes({ version: 'in training', config, parameters: state.parameters }));
  const trainer = await timer.time(0, () => backend.load(setup));
  return {
    trainStep: (batch) => timer.time(batch.numRows, () => trainer.trainStep(batch)),
    evaluate: (batch) => timer.time(batch.numRows, () => trainer.evaluate(batch)),
    readAverage: () => timer.time(0, () => trainer.readAverage()),
    readState: () => timer.time(0, () => trainer.readState()),
    dispose: () => timer.time(0, () => trainer.dispose()),
  };
}
