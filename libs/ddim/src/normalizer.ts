/** [dim] each: normalised = x * scale + offset. */
export interface Normalizer {
  readonly scale: Float32Array;
  readonly offset: Float32Array;
}

/** Min-max to [-1, 1] per dimension; data [N,dim]. */
export function fitNormalizer(data: Float32Array, dim: number): Normalizer {
  throw new Error(`unfinished: ${data.length} ${dim}`);
}

/** data [N,dim] in the user's units to normalised units, a new array. */
export function normalize(normalizer: Normalizer, data: Float32Array): Float32Array {
  throw new Error(`unfinished: ${normalizer.scale.length} ${data.length}`);
}

/** The inverse of normalize, a new array. */
export function denormalize(normalizer: Normalizer, data: Float32Array): Float32Array {
  throw new Error(`unfinished: ${normalizer.scale.length} ${data.length}`);
}
