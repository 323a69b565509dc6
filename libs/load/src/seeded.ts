import { fillNormal, fillWords, uniform } from '#ddim';

/** What random numbers are for; streams of different purposes do not meet. */
const PURPOSES = { size: 201, gap: 202, observation: 203 } as const;

/** A number in [0, 1): draw number `index` of its purpose, the same at every run. */
export function seededUniform(seed: number, purpose: 'size' | 'gap', index: number): number {
  const words = new Uint32Array(1);
  fillWords(words, { seed, row: 0, purpose: PURPOSES[purpose] }, index);
  return uniform(words[0] ?? 0);
}

/** [rows, obsSize] of normal numbers; set number `index`. */
export function seededObservations(seed: number, index: number, length: number): Float32Array {
  const values = new Float32Array(length);
  fillNormal(values, { seed, row: index, purpose: PURPOSES.observation }, 0);
  return values;
}
