import type { Numbers } from '../math/normalizer.js';

/**
 * An array as files keep it; row-major. Weights are float32, what turns units into normalised ones may be
 * float64.
 */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Numbers;
}
