import type { NamedTensor } from './named-tensor.js';
import type { Normalizer, Numbers } from '../math/normalizer.js';

/**
 * The arrays of a normaliser as `PREFIX.center` and `PREFIX.half_range`, or `PREFIX.scale` and
 * `PREFIX.offset`; not copied.
 */
export function normalizerTensors(prefix: string, normalizer: Normalizer): NamedTensor[] {
  const vector = (name: string, data: Numbers) => ({ name: `${prefix}.${name}`, shape: [data.length], data });
  return 'center' in normalizer
    ? [vector('center', normalizer.center), vector('half_range', normalizer.halfRange)]
    : [vector('scale', normalizer.scale), vector('offset', normalizer.offset)];
}

/**
 * The inverse of normalizerTensors.
 * @param has whether there is a tensor of that name
 * @param take the tensor of that name, [dim]; throws when it is missing or of another size
 */
export function normalizerFromTensors(
  prefix: string,
  has: (name: string) => boolean,
  take: (name: string) => Numbers,
): Normalizer {
  if (has(`${prefix}.center`))
    return {
      center: Float64Array.from(take(`${prefix}.center`)),
      halfRange: Float64Array.from(take(`${prefix}.half_range`)),
    };
  return { scale: Float32Array.from(take(`${prefix}.scale`)), offset: Float32Array.from(take(`${prefix}.offset`)) };
}
