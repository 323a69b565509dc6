import { initialParameters, InputError, type DdimModel, shapeDifference, type TrainingConfig } from '#ddim';
import { fromCheckpoint, type RunCounters, type RunState } from './run-state.js';
import { freshTrainState } from './train-state.js';
import { denoiserConfig } from './training-config.js';
import { prepareTrainingData, type TrainingData } from './training-data.js';
import type { TrainingInput } from './training-options.js';

const NOTHING_DONE: RunCounters = { update: 0, skipped: 0, skippedInARow: 0, seconds: 0, losses: [] };

/**
 * Where a run begins: at a checkpoint, at the weights of a model, or at fresh ones. A model keeps its
 * normalisers and its output form, because they are what its weights mean.
 * @throws InputError `checkpoint_mismatch` when the checkpoint or the model is of another shape;
 * `dataset_invalid`
 */
export function beginRun({ config, dataset, resumeFrom, initFrom }: TrainingInput): RunState & { data: TrainingData } {
  if (resumeFrom) {
    const state = fromCheckpoint(resumeFrom, { config, datasetRows: dataset.count });
    return { ...state, data: prepareTrainingData(dataset, config, state.normalizers) };
  }
  if (initFrom) checkSameShape(initFrom, config);
  const data = prepareTrainingData(dataset, config, initFrom);
  const denoiser = initFrom?.config ?? denoiserConfig(config, data.sigmaData);
  const parameters = initFrom?.parameters ?? initialParameters(denoiser, config.training.seed);
  const validation = { course: undefined, best: undefined };
  return { denoiser, normalizers: data, counters: NOTHING_DONE, validation, train: freshTrainState(parameters), data };
}

function checkSameShape({ config: model }: DdimModel, config: TrainingConfig): void {
  const difference = shapeDifference(model, config);
  if (difference === undefined) return;
  const { field, wanted, kept } = difference;
  throw new InputError('checkpoint_mismatch', `initFrom must have ${field} ${wanted}, got a model with ${kept}`, {
    field: 'initFrom',
  });
}
