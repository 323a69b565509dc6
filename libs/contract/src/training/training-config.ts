import { presets, type TrainingConfig } from '#ddim';
import type { Dataset } from '../models/dataset.js';
import type { TrainingRequest } from './training-request.js';

type DatasetShape = Pick<Dataset, 'obsSize' | 'actionHorizon' | 'actionDim'>;

/**
 * The complete settings of a training job: the preset's, overridden by the request, with the sizes of the
 * dataset. A default that does not fit what the request sets follows it, so that nobody is refused over a
 * value that he did not choose.
 */
export function resolveTrainingConfig(request: TrainingRequest, dataset: DatasetShape): TrainingConfig {
  const preset = presets[request.preset];
  const { obsSize, actionHorizon, actionDim } = dataset;
  return {
    obsSize,
    actionHorizon,
    actionDim,
    network: override(preset.network, request.network),
    diffusion: override(fittingDiffusion(preset.diffusion, request.diffusion), request.diffusion),
    training: override(fittingTraining(preset.training, request.training), request.training),
  };
}

/** As many timesteps as betas were given, and no more inference steps than timesteps. */
function fittingDiffusion<Base extends { readonly numTrainTimesteps: number; readonly numInferenceSteps: number }>(
  base: Base,
  { numTrainTimesteps, trainedBetas }: TrainingRequest['diffusion'],
): Base {
  const timesteps = numTrainTimesteps ?? trainedBetas?.length ?? base.numTrainTimesteps;
  const numInferenceSteps = Math.min(base.numInferenceSteps, timesteps);
  return { ...base, numTrainTimesteps: timesteps, numInferenceSteps };
}

/** A run shorter than the preset's warm-up warms up for a tenth of its steps. */
function fittingTraining<Base extends { readonly steps: number; readonly warmupSteps: number }>(
  base: Base,
  { steps = base.steps }: TrainingRequest['training'],
): Base {
  return { ...base, warmupSteps: steps < base.warmupSteps ? Math.floor(steps / 10) : base.warmupSteps };
}

/** `base` with the fields of `changes` that are not undefined. */
function override<Base extends object, Changes extends object>(base: Base, changes: Changes): Base & Changes {
  const present = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...base, ...(Object.fromEntries(present) as Changes) };
}
