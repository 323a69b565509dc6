import { assertNever } from '#ddim';
import { encodeNpy, encodeSafetensors } from '#storage';

/**
 * A finished job's actions: little-endian float32 `bytes` of `shape` [rows, horizon, dim], and their hash.
 */
export interface ResultTensor {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** The forms a result can be had in, the preferred one first. */
export const RESULT_TYPES = [
  'application/json',
  'application/vnd.stride.tensor+json',
  'application/x-npy',
  'application/vnd.safetensors',
] as const;
export type ResultType = (typeof RESULT_TYPES)[number];

/** The body of a result in one of its forms. */
export function formatResult({ shape, bytes }: ResultTensor, type: ResultType): string | Uint8Array {
  switch (type) {
    case 'application/json':
      return JSON.stringify(nestedArrays(toFloats(bytes), shape));
    case 'application/vnd.stride.tensor+json':
      return JSON.stringify({ shape, dtype: 'float32', data: Buffer.from(bytes).toString('base64') });
    case 'application/x-npy':
      return encodeNpy({ dtype: 'float32', shape, data: toFloats(bytes) });
    case 'application/vnd.safetensors':
      return encodeSafetensors([{ name: 'actions', dtype: 'float32', shape, data: toFloats(bytes) }]);
    default:
      return assertNever(type);
  }
}

/** Strong validator of one form of a result: the bytes differ from form to form. */
export function resultEtag(sha256: string, type: ResultType): string {
  return `"${sha256}-${RESULT_TYPES.indexOf(type)}"`;
}

/** Row-major `values` of at least one dimension as arrays within arrays. */
export function nestedArrays(values: Float32Array, [length = 0, ...inner]: readonly number[]): unknown[] {
  if (inner.length === 0) return Array.from(values);
  const stride = values.length / Math.max(length, 1);
  return Array.from({ length }, (_, i) => nestedArrays(values.subarray(i * stride, (i + 1) * stride), inner));
}

/**
 * A copy of the bytes as numbers: a view would have to start at a multiple of 4. (A Buffer's `slice` copies
 * nothing.)
 */
export function toFloats(bytes: Uint8Array): Float32Array {
  const copy = new Uint8Array(bytes);
  return new Float32Array(copy.buffer, 0, copy.length / Float32Array.BYTES_PER_ELEMENT);
}
