import {
  outputSize,
  InputError,
  fitNormalizer,
  normalize,
  type Normalizer,
  type Numbers,
  permutation,
  PURPOSES,
  type TrainingConfig,
} from '#ddim';
import { withoutPadding } from './padding.js';
import type { TrainingDataset } from './training-dataset.js';

export interface Normalizers {
  readonly observationNormalizer: Normalizer;
  readonly actionNormalizer: Normalizer;
}

/** A dataset in normalised units, divided into rows to learn from and rows to measure with. */
export interface TrainingData extends Normalizers {
  /** [N,obsSize] and [N,D], normalised. */
  readonly observations: Float32Array;
  readonly actions: Float32Array;
  /** [N,D], 1 = the element counts in the loss; absent: all do. */
  readonly lossMask: Float32Array | undefined;
  /** Row numbers. */
  readonly trainRows: Uint32Array;
  readonly validationRows: Uint32Array;
  /** Standard deviation of all normalised actions that count. */
  readonly sigmaData: number;
}

/** Actions that never move have no deviation, which a skip output would divide by. */
const LEAST_SIGMA_DATA = 1e-3;

/**
 * Takes padding out, normalises and divides; a function of its arguments alone.
 * @param normalizers of the model or checkpoint that the run starts from; absent: fitted to the dataset
 * @throws InputError `dataset_invalid` or `non_finite_input`
 */
export function prepareTrainingData(
  dataset: TrainingDataset,
  config: TrainingConfig,
  normalizers: Normalizers | undefined,
): TrainingData {
  checkDataset(dataset, config);
  const { obsSize, actionDim, training } = config;
  const { count, lossMask, ...real } = withoutPadding(dataset, config);
  const observationNormalizer = normalizers?.observationNormalizer ?? fitNormalizer(real.observations, obsSize);
  const actionNormalizer = normalizers?.actionNormalizer ?? fitNormalizer(real.actions, actionDim);
  const actions = normalize(actionNormalizer, real.actions);
  const order = permutation(count, { seed: training.seed, row: 0, purpose: PURPOSES.validation }, 0);
  const numValidation = Math.min(Math.floor(count * training.validationFraction), count - 1);
  return {
    observationNormalizer,
    actionNormalizer,
    observations: normalize(observationNormalizer, real.observations),
    actions,
    lossMask,
    trainRows: order.slice(numValidation),
    validationRows: order.slice(0, numValidation),
    sigmaData: Math.max(
      standardDeviation(lossMask ? actions.filter((_, i) => lossMask[i] === 1) : actions),
      LEAST_SIGMA_DATA,
    ),
  };
}

function checkDataset({ count, observations, actions }: TrainingDataset, config: TrainingConfig): void {
  if (!Number.isInteger(count) || count < 1)
    throw new InputError('dataset_invalid', `a dataset must have at least one row, got ${count}`);
  checkArray('observations', observations, [count, config.obsSize]);
  checkArray('actions', actions, [count, outputSize(config)]);
}

function checkArray(field: string, { length }: Numbers, [rows, columns]: readonly [number, number]): void {
  if (length !== rows * columns)
    throw new InputError('dataset_invalid', `${field} must be [${rows},${columns}], got ${length} numbers`, { field });
}

function standardDeviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
