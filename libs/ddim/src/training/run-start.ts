import { initialParameters, type MlpDenoiserConfig } from '../denoiser.js';
import { InputError } from '../errors.js';
import type { DdimModel } from '../model.js';
import { fromCheckpoint, type RunCounters, type RunState } from './run-state.js';
import { freshTrainState } from './train-state.js';
import { denoiserConfig } from './training-config.js';
import { prepareTrainingData, type TrainingData } from './training-data.js';
import type { TrainingInput } from './training-options.js';

const NOTHING_DONE: RunCounters = { update: 0, skipped: 0, skippedInARow: 0, seconds: 0, losses: [] };

/**
 * Where a run begins: at a checkpoint, at the weights of a model, or at fresh ones. A model keeps its normalisers and its output form,
 * because they are what its weights mean.
 * @throws InputError `checkpoint_mismatch` when the checkpoint or the model is of another shape; `dataset_invalid`
 */
export function beginRun({ config, dataset, resumeFrom, initFrom }: TrainingInput): RunState & { data: TrainingData } {
  if (resumeFrom) {
    const state = fromCheckpoint(resumeFrom, { config, datasetRows: dataset.count });
    return { ...state, data: prepareTrainingData(dataset, config, state.normalizers) };
  }
  if (initFrom) checkSameShape(initFrom, denoiserConfig(config, 1));
  const data = prepareTrainingData(dataset, config, initFrom);
  const denoiser = initFrom?.config ?? denoiserConfig(config, data.sigmaData);
  const parameters = initFrom?.parameters ?? initialParameters(denoiser, config.training.seed);
  return { denoiser, normalizers: data, counters: NOTHING_DONE, train: freshTrainState(parameters), data };
}

const SHAPE = [
  'obsSize',
  'actionHorizon',
  'actionDim',
  'hiddenSize',
  'numLayers',
  'numTrainTimesteps',
  'predictionType',
  'preconditioning',
] as const satisfies readonly (keyof MlpDenoiserConfig)[];

function checkSameShape({ config }: DdimModel, wanted: MlpDenoiserConfig): void {
  for (const field of SHAPE)
    if (config[field] !== wanted[field])
      throw new InputError(
        'checkpoint_mismatch',
        `initFrom must have ${field} ${wanted[field]}, got a model with ${config[field]}`,
        { field: 'initFrom' },
      );
}
