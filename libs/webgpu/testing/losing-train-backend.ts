import type { BackendOptions } from '#engine';
import type { LoadedTrainer, TrainBackend } from '#training';
import { GpuDevice } from '../src/runtime/device.js';
import { WebGpuTrainBackend } from '../src/training/train-backend.js';

/** The update in which the device is lost, from 1. */
const LOST_IN_UPDATE = 15;

/** A training backend whose device is lost in the middle of an update. */
export async function createTrainBackend(_options: BackendOptions): Promise<TrainBackend> {
  const device = await GpuDevice.open({ software: true });
  const backend = new WebGpuTrainBackend(device);
  return {
    info: backend.info,
    load: async (setup) => losing(await backend.load(setup), device),
    close: () => backend.close(),
  };
}

function losing(trainer: LoadedTrainer, device: GpuDevice): LoadedTrainer {
  let updates = 0;
  return {
    trainStep: async (batch) => {
      updates += 1;
      const [result] = await Promise.all([
        trainer.trainStep(batch),
        ...(updates === LOST_IN_UPDATE ? [device.close()] : []),
      ]);
      return result;
    },
    evaluate: (batch) => trainer.evaluate(batch),
    readAverage: () => trainer.readAverage(),
    readState: () => trainer.readState(),
    dispose: () => trainer.dispose(),
  };
}
