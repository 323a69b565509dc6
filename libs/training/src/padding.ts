import { InputError, type TrainingConfig } from '#ddim';
import type { TrainingDataset } from './training-dataset.js';

/** A dataset without padding, and which of its elements count in the loss. */
interface UnpaddedDataset extends Omit<TrainingDataset, 'actionIsPad'> {
  /** [N,horizon*dim], 1 = counts; absent: all do. */
  readonly lossMask?: Float32Array;
}

/**
 * Takes padding out: a padded step gets the values of the nearest real one of its row, the last before it or
 * else the first, and does not count in the loss; rows without a real step are left out. So padding changes
 * no range, and what it held reaches no network.
 * @throws InputError `dataset_invalid` when nothing is left
 */
export function withoutPadding(dataset: TrainingDataset, config: TrainingConfig): UnpaddedDataset {
  const { actionIsPad, ...whole } = dataset;
  if (actionIsPad === undefined) return whole;
  const { actionHorizon: H, actionDim: A, obsSize: O } = config;
  if (actionIsPad.length !== dataset.count * H)
    throw new InputError(
      'dataset_invalid',
      `actionIsPad must be [${dataset.count},${H}], got ${actionIsPad.length} values`,
      { field: 'actionIsPad' },
    );
  const observations = dataset.observations.slice();
  const actions = dataset.actions.slice();
  const lossMask = new Float32Array(actions.length);
  let count = 0;
  for (let row = 0; row < dataset.count; row++) {
    const isPad = actionIsPad.subarray(row * H, (row + 1) * H);
    const first = isPad.indexOf(0);
    if (first < 0) continue;
    for (let h = 0, real = first; h < H; h++) {
      if (isPad[h] === 0) real = h;
      actions.set(dataset.actions.subarray((row * H + real) * A, (row * H + real + 1) * A), (count * H + h) * A);
      lossMask.fill(1 - isPad[h], (count * H + h) * A, (count * H + h + 1) * A);
    }
    observations.set(dataset.observations.subarray(row * O, (row + 1) * O), count * O);
    count++;
  }
  if (count === 0) throw new InputError('dataset_invalid', 'a dataset must have a step that is not padding');
  return {
    observations: observations.subarray(0, count * O),
    actions: actions.subarray(0, count * H * A),
    lossMask: lossMask.subarray(0, count * H * A),
    count,
  };
}
