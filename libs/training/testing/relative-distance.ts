/** L2 norm. */
export function norm(values: Iterable<number>): number {
  return Math.sqrt(Array.from(values, (value) => value ** 2).reduce((sum, square) => sum + square, 0));
}

/** |a - b| / |b| over a tensor. */
export function relativeDistance(actual: Float32Array | Float64Array, expected: Float32Array | Float64Array): number {
  return norm(expected.map((value, i) => actual[i] - value)) / norm(expected);
}
