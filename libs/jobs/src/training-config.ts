import { presets, type TrainingConfig } from '#ddim';
import type { Dataset } from './dataset.js';
import type { TrainingRequest } from './training-request.js';

type DatasetShape = Pick<Dataset, 'obsSize' | 'actionHorizon' | 'actionDim'>;

/** The complete settings of a training job: the preset's, overridden by the request, with the sizes of the dataset. */
export function resolveTrainingConfig(request: TrainingRequest, dataset: DatasetShape): TrainingConfig {
  const preset = presets[request.preset];
  const { obsSize, actionHorizon, actionDim } = dataset;
  return {
    obsSize,
    actionHorizon,
    actionDim,
    network: override(preset.network, request.network),
    diffusion: override(preset.diffusion, request.diffusion),
    training: override(preset.training, request.training),
  };
}

/** `base` with the fields of `changes` that are not undefined. */
function override<Base extends object, Changes extends object>(base: Base, changes: Changes): Base & Changes {
  const present = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...base, ...(Object.fromEntries(present) as Changes) };
}
