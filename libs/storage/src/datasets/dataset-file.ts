import { InputError, RANGES } from '#ddim';
import type { TrainingDataset } from '#training';
import { decodeTensorFile, tensorNames } from '../formats/tensor-file.js';
import type { TypedTensor } from '../formats/tensor.js';
import { toNumbers } from '../formats/to-float32.js';

/**
 * The arrays of a dataset file, whose shapes fit each other: `observations [count,obsSize]`, `actions
 * [count,actionHorizon,actionDim]` and, if there is one, `action_is_pad [count,actionHorizon]`.
 */
interface DatasetFile {
  readonly count: number;
  readonly obsSize: number;
  readonly actionHorizon: number;
  readonly actionDim: number;
  readonly observations: TypedTensor;
  readonly actions: TypedTensor;
  /** 1: the step is padding. */
  readonly actionIsPad: Uint8Array | undefined;
  /** Names of the arrays that nothing reads. */
  readonly ignored: readonly string[];
}

export const DATASET_ARRAYS: ReadonlySet<string> = new Set(['observations', 'actions', 'action_is_pad']);

/** The arrays of a dataset file for training. @throws InputError like openDataset */
export async function readDataset(bytes: Uint8Array): Promise<TrainingDataset> {
  const { observations, actions, actionIsPad, count } = await openDataset(bytes);
  return { observations: toNumbers(observations), actions: toNumbers(actions), actionIsPad, count };
}

/** Reads safetensors or npz. @throws InputError `dataset_invalid`, `limit_exceeded` or the decoders' codes */
export async function openDataset(bytes: Uint8Array): Promise<DatasetFile> {
  if (bytes.length === 0) throw invalid('dataset', 'a file with observations and actions, got no bytes');
  const names = tensorNames(bytes);
  const tensors = await decodeTensorFile(bytes, DATASET_ARRAYS);
  const take = (name: string, expected: string): TypedTensor => {
    const tensor = tensors.get(name);
    if (!tensor) throw invalid(name, `in the file as ${expected}, got ${names.slice(0, 8).join(', ') || 'nothing'}`);
    return tensor;
  };
  const observations = take('observations', '[N,obsSize]');
  const actions = take('actions', '[N,horizon,dim]');
  const sizes = sizesOf(observations, actions);
  const isPad = tensors.get('action_is_pad');
  return {
    ...sizes,
    observations,
    actions,
    actionIsPad: isPad && readPadding(isPad, sizes),
    ignored: names.filter((name) => !DATASET_ARRAYS.has(name)),
  };
}

type Sizes = Pick<DatasetFile, 'count' | 'obsSize' | 'actionHorizon' | 'actionDim'>;

function sizesOf(observations: TypedTensor, actions: TypedTensor): Sizes {
  const [count, obsSize] = observations.shape;
  const [actionCount, actionHorizon, actionDim] = actions.shape;
  if (observations.shape.length !== 2) throw invalid('observations', `[N,obsSize], got ${describe(observations)}`);
  if (actions.shape.length !== 3 || actionHorizon < 1 || actionDim < 1)
    throw invalid('actions', `[N,horizon,dim], got ${describe(actions)}`);
  if (count !== actionCount)
    throw invalid('actions', `as many rows as observations ${describe(observations)}, got ${describe(actions)}`);
  if (count < 2) throw invalid('observations', `at least 2 rows, got ${count}`);
  checkSize('observations', obsSize, RANGES.obsSize.max);
  checkSize('actions', actionHorizon * actionDim, RANGES.outputSize.max);
  return { count, obsSize, actionHorizon, actionDim };
}

function readPadding(tensor: TypedTensor, { count, actionHorizon }: Sizes): Uint8Array {
  if (tensor.shape.join() !== `${count},${actionHorizon}`)
    throw invalid('action_is_pad', `[N,horizon] = [${count},${actionHorizon}], got ${describe(tensor)}`);
  const values = toNumbers(tensor);
  const isPad = new Uint8Array(values.length);
  let rowsInUse = 0;
  for (let row = 0; row < count; row++) {
    let steps = 0;
    for (let i = row * actionHorizon; i < (row + 1) * actionHorizon; i++) {
      if (values[i] !== 0 && values[i] !== 1) throw invalid('action_is_pad', `true or false, got ${values[i]}`);
      isPad[i] = values[i];
      steps += 1 - values[i];
    }
    if (steps > 0) rowsInUse++;
  }
  if (rowsInUse < 2) throw invalid('action_is_pad', `false for a step of at least 2 rows, got ${rowsInUse}`);
  return isPad;
}

/** [count], 1: no step of the row is real. @param isPad [count, horizon] */
export function rowsOfPadding(isPad: Uint8Array, horizon: number): Uint8Array {
  const unused = new Uint8Array(isPad.length / horizon).fill(1);
  for (const [i, pad] of isPad.entries()) if (pad === 0) unused[Math.floor(i / horizon)] = 0;
  return unused;
}

function checkSize(field: string, size: number, limit: number): void {
  if (size > limit)
    throw new InputError('limit_exceeded', `${field} may have at most ${limit} numbers per row, got ${size}`, {
      field,
    });
}

function describe({ shape }: TypedTensor): string {
  return `[${shape.join(',')}]`;
}

function invalid(field: string, expected: string): InputError {
  return new InputError('dataset_invalid', `${field} must be ${expected}`, { field });
}
