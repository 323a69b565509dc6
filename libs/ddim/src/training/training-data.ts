import type { DdimModel } from '../model.js';
import { fitNormalizer, normalize, type Normalizer } from '../normalizer.js';
import { permutation, PURPOSES } from '../rng.js';
import type { TrainingConfig } from './training-config.js';
import type { TrainingDataset } from './training-dataset.js';

/** A dataset in normalised units, divided into rows to learn from and rows to measure with. */
export interface TrainingData {
  readonly observationNormalizer: Normalizer;
  readonly actionNormalizer: Normalizer;
  /** [N,obsSize] and [N,D], normalised. */
  readonly observations: Float32Array;
  readonly actions: Float32Array;
  /** Row numbers. */
  readonly trainRows: Uint32Array;
  readonly validationRows: Uint32Array;
  /** Standard deviation of all normalised actions. */
  readonly sigmaData: number;
}

/** Normalises and divides; a function of the dataset, the seed and the model to start from alone. */
export function prepareTrainingData(
  dataset: TrainingDataset,
  config: TrainingConfig,
  from: Pick<DdimModel, 'observationNormalizer' | 'actionNormalizer'> | undefined,
): TrainingData {
  const { obsSize, actionDim, training } = config;
  const observationNormalizer = from?.observationNormalizer ?? fitNormalizer(dataset.observations, obsSize);
  const actionNormalizer = from?.actionNormalizer ?? fitNormalizer(dataset.actions, actionDim);
  const actions = normalize(actionNormalizer, dataset.actions);
  const order = permutation(dataset.count, { seed: training.seed, row: 0, purpose: PURPOSES.validation }, 0);
  const numValidation = Math.min(Math.floor(dataset.count * training.validationFraction), dataset.count - 1);
  return {
    observationNormalizer,
    actionNormalizer,
    observations: obsSize === 0 ? new Float32Array(0) : normalize(observationNormalizer, dataset.observations),
    actions,
    trainRows: order.slice(numValidation),
    validationRows: order.slice(0, numValidation),
    sigmaData: standardDeviation(actions),
  };
}

function standardDeviation(values: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return Math.sqrt(Math.max(squares / values.length - mean * mean, 0));
}
