import { setImmediate as nextTurn } from 'node:timers/promises';
import { InputError, MAX_OBS_SIZE, MAX_OUTPUT_SIZE, type TrainingDataset } from '#ddim';
import { ITEM_BYTES, tensorBytes, viewTensor, type Tensor } from './tensor.js';
import { decodeTensorFile } from './tensor-file.js';
import { toFloat32 } from './to-float32.js';

/** Smallest and largest value, in the user's units. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** Smallest and largest value of each dimension, [dim] each, in the user's units. */
export interface DimensionRanges {
  readonly min: readonly number[];
  readonly max: readonly number[];
}

/** What a dataset file holds: `observations [count,obsSize]` and `actions [count,actionHorizon,actionDim]`. */
export interface DatasetSummary {
  readonly count: number;
  readonly obsSize: number;
  readonly actionHorizon: number;
  readonly actionDim: number;
  /** Over all dimensions; absent when obsSize is 0. */
  readonly observationRange?: ValueRange | undefined;
  readonly actionRange: ValueRange;
  /** Absent with more dimensions than a record has room for. */
  readonly actionRanges?: DimensionRanges | undefined;
}

interface DatasetTensors extends Pick<DatasetSummary, 'count' | 'obsSize' | 'actionHorizon' | 'actionDim'> {
  readonly observations: Tensor;
  readonly actions: Tensor;
}

/** Dimensions whose ranges are kept one by one: a record is read with every list of the datasets. */
const MAX_RANGES = 1_024;

/** Converted at a time; a turn of the event loop passes in between. */
const PIECE_ELEMENTS = 1_048_576;

/**
 * Checks every number of a dataset file.
 * @throws InputError `dataset_invalid`, `limit_exceeded`, `non_finite_input` or the decoders' codes
 */
export async function inspectDataset(bytes: Uint8Array): Promise<DatasetSummary> {
  const { observations, actions, ...sizes } = await parse(bytes);
  const observationRanges = await rangesOf('observations', observations, sizes.obsSize);
  const actionRanges = await rangesOf('actions', actions, sizes.actionDim);
  return {
    ...sizes,
    ...(sizes.obsSize > 0 && { observationRange: overallRange(observationRanges) }),
    actionRange: overallRange(actionRanges),
    ...(sizes.actionDim <= MAX_RANGES && { actionRanges }),
  };
}

/** The range of all dimensions together; undefined when there are none. Loops: a call takes some 100,000 arguments at most. */
export function overallRange({ min, max }: DimensionRanges): ValueRange {
  return {
    min: min.reduce((least, value) => Math.min(least, value), Infinity),
    max: max.reduce((most, value) => Math.max(most, value), -Infinity),
  };
}

/** The arrays of a dataset file as float32, views where they are float32 already. @throws InputError like inspectDataset */
export async function readDataset(bytes: Uint8Array): Promise<TrainingDataset> {
  const { observations, actions, count } = await parse(bytes);
  return { observations: toFloat32(observations), actions: toFloat32(actions), count };
}

async function parse(bytes: Uint8Array): Promise<DatasetTensors> {
  if (bytes.length === 0) throw invalid('dataset', 'a file with observations and actions, got no bytes');
  const tensors = await decodeTensorFile(bytes);
  const observations = take(tensors, 'observations', '[N,obsSize]');
  const actions = take(tensors, 'actions', '[N,horizon,dim]');
  const [count, obsSize] = observations.shape;
  const [actionCount, actionHorizon, actionDim] = actions.shape;
  if (observations.shape.length !== 2) throw invalid('observations', `[N,obsSize], got ${describe(observations)}`);
  if (actions.shape.length !== 3 || actionHorizon < 1 || actionDim < 1)
    throw invalid('actions', `[N,horizon,dim], got ${describe(actions)}`);
  if (count !== actionCount)
    throw invalid('actions', `as many rows as observations ${describe(observations)}, got ${describe(actions)}`);
  if (count < 2) throw invalid('observations', `at least 2 rows, got ${count}`);
  checkSize('observations', obsSize, MAX_OBS_SIZE);
  checkSize('actions', actionHorizon * actionDim, MAX_OUTPUT_SIZE);
  return { observations, actions, count, obsSize, actionHorizon, actionDim };
}

async function rangesOf(name: string, tensor: Tensor, dim: number): Promise<DimensionRanges> {
  const min = Array.from({ length: dim }, () => Infinity);
  const max = Array.from({ length: dim }, () => -Infinity);
  const bytes = tensorBytes(tensor);
  const itemBytes = ITEM_BYTES[tensor.dtype];
  // Whole rows, so that an element's dimension is its place in the piece.
  const pieceBytes = Math.max(Math.floor(PIECE_ELEMENTS / Math.max(dim, 1)), 1) * dim * itemBytes;
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes);
    const values = toFloat32(viewTensor(tensor.dtype, [piece.length / itemBytes], piece));
    widen(name, values, min, max);
    await nextTurn();
  }
  return { min, max };
}

function widen(name: string, values: Float32Array, min: number[], max: number[]): void {
  const dim = min.length;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const j = i % dim;
    if (!Number.isFinite(value))
      throw new InputError('non_finite_input', `${name} must hold finite float32 numbers alone, got ${value}`, {
        field: name,
      });
    if (value < min[j]) min[j] = value;
    if (value > max[j]) max[j] = value;
  }
}

function take(tensors: ReadonlyMap<string, Tensor>, name: string, expected: string): Tensor {
  const tensor = tensors.get(name);
  if (!tensor)
    throw invalid(name, `in the file as ${expected}, got ${[...tensors.keys()].slice(0, 8).join(', ') || 'nothing'}`);
  return tensor;
}

function checkSize(field: string, size: number, limit: number): void {
  if (size > limit)
    throw new InputError('limit_exceeded', `${field} may have at most ${limit} numbers per row, got ${size}`, {
      field,
    });
}

function describe({ shape }: Tensor): string {
  return `[${shape.join(',')}]`;
}

function invalid(field: string, expected: string): InputError {
  return new InputError('dataset_invalid', `${field} must be ${expected}`, { field });
}
