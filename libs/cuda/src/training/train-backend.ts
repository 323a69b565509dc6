import { BackendError } from '#ddim';
import type { TrainBackend } from '#training';

/**
 * There are no kernels for training here. @throws BackendError always, so that a training is tried again,
 * maybe by a worker that can
 */
export function createTrainBackend(): Promise<TrainBackend> {
  const instead = 'STRIDE_BACKEND=auto trains on what else there is, STRIDE_QUEUES=sampling takes no trainings';
  return Promise.reject(new BackendError(`STRIDE_BACKEND=cuda has no kernels for training: ${instead}`));
}
