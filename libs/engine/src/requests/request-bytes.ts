/** What a request weighs in memory. Knows nothing of limits. */

/** What the memory of a request depends on. */
interface RequestSizes {
  readonly rows: number;
  /** D. */
  readonly outputSize: number;
  /** H: of our own networks hiddenSize, of an imported denoiser obsSize. */
  readonly conditionSize: number;
  /** Numbers of all its arrays together. */
  readonly inputElements: number;
}

/**
 * Bytes that a request holds in an engine from its placing to its end: two halves of state, condition and
 * result per row, and inputs.
 */
export function requestBytes({ rows, outputSize, conditionSize, inputElements }: RequestSizes): number {
  return (rows * (3 * outputSize + conditionSize) + inputElements) * Float32Array.BYTES_PER_ELEMENT;
}
