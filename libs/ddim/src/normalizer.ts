import { check, checkInteger } from './checks.js';
import { InputError } from './errors.js';

/** [dim] each: normalised = x * scale + offset. */
export interface Normalizer {
  readonly scale: Float32Array;
  readonly offset: Float32Array;
}

/** A dimension that moves less than this is a constant: scaling it up would only amplify rounding. */
const CONSTANT_RANGE = 1e-4;

/**
 * The min-max normaliser that maps each dimension of data [N,dim] to [-1, 1], constants to 0; trajectories [N,horizon,dim] share
 * one normaliser over time.
 * @throws InputError `shape_mismatch` or `non_finite_input`
 */
export function fitNormalizer(data: Float32Array, dim: number): Normalizer {
  checkInteger('dim', dim, 0, Infinity);
  const scale = new Float32Array(dim);
  const offset = new Float32Array(dim);
  if (dim > 0) check(data.length > 0, 'data', 'no rows', 'at least one row');
  checkRows(data, dim);
  for (let j = 0; j < dim; j++) {
    let min = Infinity;
    let max = -Infinity;
    for (let i = j; i < data.length; i += dim) {
      if (!Number.isFinite(data[i]))
        throw new InputError('non_finite_input', `data[${(i - j) / dim}][${j}] must be finite, got ${data[i]}`);
      min = Math.min(min, data[i]);
      max = Math.max(max, data[i]);
    }
    const constant = max - min < CONSTANT_RANGE;
    scale[j] = constant ? 1 : 2 / (max - min);
    offset[j] = constant ? -min : -1 - scale[j] * min;
  }
  return { scale, offset };
}

// Plain loops: `map` with a closure boxes every number, which was half of what a worker allocated for a job.

/** data [N,dim] in the user's units to normalised units, a new array. @throws InputError `shape_mismatch` */
export function normalize({ scale, offset }: Normalizer, data: Float32Array): Float32Array {
  checkRows(data, scale.length);
  const normalized = new Float32Array(data.length);
  for (let i = 0, j = 0; i < data.length; i++, j++) {
    if (j === scale.length) j = 0;
    normalized[i] = data[i] * scale[j] + offset[j];
  }
  return normalized;
}

/** The inverse of normalize, a new array. @throws InputError `shape_mismatch` */
export function denormalize({ scale, offset }: Normalizer, data: Float32Array): Float32Array {
  checkRows(data, scale.length);
  const values = new Float32Array(data.length);
  for (let i = 0, j = 0; i < data.length; i++, j++) {
    if (j === scale.length) j = 0;
    values[i] = (data[i] - offset[j]) / scale[j];
  }
  return values;
}

function checkRows(data: Float32Array, dim: number): void {
  if (dim === 0 ? data.length > 0 : data.length % dim !== 0)
    throw new InputError('shape_mismatch', `data must be [N,${dim}], got ${data.length} numbers`);
}
