/** Who draws: seed 0..2^53-1, row 0..2^32-1 (index in the request), purpose 0..255. */
export interface StreamId {
  readonly seed: number;
  readonly row: number;
  readonly purpose: number;
}

/** What a stream is for; 8..127 are reserved, 128..255 are the caller's. */
export const PURPOSES = {
  initialNoise: 0,
  stepNoise: 1,
  dataOrder: 2,
  trainTimestep: 3,
  trainNoise: 4,
  conditionDropout: 5,
  parameterInit: 6,
  validation: 7,
} as const;

export function philox4x32(counter: Uint32Array, key: Uint32Array, out: Uint32Array): void {
  throw new Error(`unfinished: ${counter.length} ${key.length} ${out.length}`);
}

/** Fills out with the stream's 32-bit words of a step; element i depends on (stream, step, i) only. */
export function fillWords(out: Uint32Array, stream: StreamId, step: number): void {
  throw new Error(`unfinished: ${out.length} ${stream.seed} ${step}`);
}

/** Integer below n from one word: floor(w n / 2^32). */
export function integerBelow(word: number, n: number): number {
  return Math.floor((word * n) / 2 ** 32);
}

/** Number in [0, 1) from one word. */
export function uniform(word: number): number {
  return word / 2 ** 32;
}

/** A random order of 0..size-1 (Fisher-Yates). */
export function permutation(size: number, stream: StreamId, step: number): Uint32Array {
  throw new Error(`unfinished: ${size} ${stream.seed} ${step}`);
}
