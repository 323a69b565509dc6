import { check, checkInteger } from '../checks.js';
import { InputError } from '../errors.js';

/** Numbers as a file holds them, row-major. */
export type Numbers = Float32Array | Float64Array;

/**
 * [dim] each: normalised = x * scale + offset. Of imported denoisers, and of our models from before ranges
 * were kept.
 */
export interface AffineNormalizer {
  readonly scale: Float32Array;
  readonly offset: Float32Array;
}

/**
 * [dim] each: normalised = (x - center) / halfRange. A halfRange of 0 is a constant: it is normalised to 0,
 * and whatever is denormalised becomes the center. In float64, so that a range may be small beside its
 * distance from 0.
 */
interface RangeNormalizer {
  readonly center: Float64Array;
  readonly halfRange: Float64Array;
}

export type Normalizer = AffineNormalizer | RangeNormalizer;

/**
 * A dimension whose values differ by no more than their rounding moves by two units in the last place at
 * most.
 */
const ROUNDING_UNITS = 2;

/**
 * Whether the values between min and max are one value, but for rounding to `epsilon`, the spacing of their
 * type at 1.
 */
export function isConstant(min: number, max: number, epsilon: number): boolean {
  return max - min <= ROUNDING_UNITS * epsilon * Math.max(Math.abs(min), Math.abs(max));
}

/** The spacing of the numbers at 1. */
export function epsilonOf(data: Numbers): number {
  return data instanceof Float64Array ? 2 ** -52 : 2 ** -23;
}

/**
 * The min-max normaliser that maps each dimension of data [N,dim] to [-1, 1], whatever its units, and
 * constants to 0; trajectories [N,horizon,dim] share one normaliser over time.
 * @throws InputError `shape_mismatch` or `non_finite_input`
 */
export function fitNormalizer(data: Numbers, dim: number): RangeNormalizer {
  checkInteger('dim', dim, 0, Infinity);
  if (dim > 0) check(data.length > 0, 'data', 'no rows', 'at least one row');
  checkRows(data, dim);
  const center = new Float64Array(dim);
  const halfRange = new Float64Array(dim);
  for (let j = 0; j < dim; j++) {
    let min = Infinity;
    let max = -Infinity;
    for (let i = j; i < data.length; i += dim) {
      if (!Number.isFinite(data[i]))
        throw new InputError('non_finite_input', `data[${(i - j) / dim}][${j}] must be finite, got ${data[i]}`);
      min = Math.min(min, data[i]);
      max = Math.max(max, data[i]);
    }
    halfRange[j] = isConstant(min, max, epsilonOf(data)) ? 0 : max / 2 - min / 2;
    center[j] = min + (max / 2 - min / 2);
  }
  return { center, halfRange };
}

/** Number of dimensions. */
export function normalizerSize(normalizer: Normalizer): number {
  return 'scale' in normalizer ? normalizer.scale.length : normalizer.center.length;
}

/** What the normalised values from -1 to 1 mean in the user's units, [dim] each. */
export function normalizerLimits(normalizer: Normalizer): { readonly min: Float64Array; readonly max: Float64Array } {
  if ('center' in normalizer) {
    const { center, halfRange } = normalizer;
    return { min: center.map((value, j) => value - halfRange[j]), max: center.map((value, j) => value + halfRange[j]) };
  }
  const scale = Float64Array.from(normalizer.scale);
  const middle = scale.map((factor, j) => -normalizer.offset[j] / factor);
  return {
    min: middle.map((value, j) => value - Math.abs(1 / scale[j])),
    max: middle.map((value, j) => value + Math.abs(1 / scale[j])),
  };
}

/**
 * data [N,dim] in the user's units to normalised units, rounded once, a new array. @throws InputError
 * `shape_mismatch`
 */
export function normalize(normalizer: Normalizer, data: Numbers): Float32Array {
  checkRows(data, normalizerSize(normalizer));
  return 'center' in normalizer ? normalizeRange(normalizer, data) : normalizeAffine(normalizer, data);
}

/** The inverse of normalize, a new array. @throws InputError `shape_mismatch` */
export function denormalize(normalizer: Normalizer, data: Float32Array): Float32Array {
  checkRows(data, normalizerSize(normalizer));
  return 'center' in normalizer ? denormalizeRange(normalizer, data) : denormalizeAffine(normalizer, data);
}

// Plain loops: `map` with a closure boxes every number, which was half of what a worker allocated for a job.

function normalizeRange({ center, halfRange }: RangeNormalizer, data: Numbers): Float32Array {
  const normalized = new Float32Array(data.length);
  for (let i = 0, j = 0; i < data.length; i++, j++) {
    if (j === center.length) j = 0;
    if (halfRange[j] !== 0) normalized[i] = (data[i] - center[j]) / halfRange[j];
  }
  return normalized;
}

function denormalizeRange({ center, halfRange }: RangeNormalizer, data: Float32Array): Float32Array {
  const values = new Float32Array(data.length);
  for (let i = 0, j = 0; i < data.length; i++, j++) {
    if (j === center.length) j = 0;
    values[i] = data[i] * halfRange[j] + center[j];
  }
  return values;
}

/**
 * Of data rounded to float32, as these normalisers were fitted: a wider type must not change what an old
 * model gets.
 */
function normalizeAffine({ scale, offset }: AffineNormalizer, data: Numbers): Float32Array {
  const normalized = new Float32Array(data.length);
  for (let i = 0, j = 0; i < data.length; i++, j++) {
    if (j === scale.length) j = 0;
    normalized[i] = Math.fround(data[i]) * scale[j] + offset[j];
  }
  return normalized;
}

function denormalizeAffine({ scale, offset }: AffineNormalizer, data: Float32Array): Float32Array {
  const values = new Float32Array(data.length);
  for (let i = 0, j = 0; i < data.length; i++, j++) {
    if (j === scale.length) j = 0;
    values[i] = (data[i] - offset[j]) / scale[j];
  }
  return values;
}

function checkRows(data: Numbers, dim: number): void {
  if (dim === 0 ? data.length > 0 : data.length % dim !== 0)
    throw new InputError('shape_mismatch', `data must be [N,${dim}], got ${data.length} numbers`);
}
