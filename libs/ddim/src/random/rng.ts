import { checkInteger } from '../checks.js';

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

/** Constants of philox4x32. */
export const MULTIPLIER_0 = 0xd2511f53;
export const MULTIPLIER_1 = 0xcd9e8d57;
export const WEYL_0 = 0x9e3779b9;
export const WEYL_1 = 0xbb67ae85;
export const ROUNDS = 10;
const WORD = 2 ** 32;

const blockCounter = new Uint32Array(4);
const blockKey = new Uint32Array(2);
const block = new Uint32Array(4);

/**
 * Philox4x32-10 of Random123 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 * @param counter [4], `key` [2]: read only; out [4] is overwritten
 */
export function philox4x32(counter: Uint32Array, key: Uint32Array, out: Uint32Array): void {
  let c0 = counter[0];
  let c1 = counter[1];
  let c2 = counter[2];
  let c3 = counter[3];
  let k0 = key[0];
  let k1 = key[1];
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = highProduct(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = highProduct(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/**
 * Calls philox4x32 for block j of a stream: key = (seed mod 2^32, purpose 2^24 + floor(seed / 2^32)), counter
 * = (j, step, row, 0). The fill functions check the stream once, then draw block by block.
 */
function drawBlock(stream: StreamId, step: number, j: number, out: Uint32Array): void {
  const [key0, key1] = streamKey(stream);
  blockKey[0] = key0;
  blockKey[1] = key1;
  blockCounter[0] = j;
  blockCounter[1] = step;
  blockCounter[2] = stream.row;
  philox4x32(blockCounter, blockKey, out);
}

/** Key of a stream's blocks: seed mod 2^32, purpose 2^24 + floor(seed / 2^32). */
export function streamKey({ seed, purpose }: StreamId): readonly [number, number] {
  return [seed % WORD, purpose * 2 ** 24 + Math.floor(seed / WORD)];
}

/** @throws InputError when a stream or step is outside its range, where numbers would silently repeat */
export function checkStream(stream: StreamId, step: number): void {
  checkInteger('seed', stream.seed, 0, Number.MAX_SAFE_INTEGER);
  checkInteger('row', stream.row, 0, WORD - 1);
  checkInteger('purpose', stream.purpose, 0, 255);
  checkInteger('step', step, 0, WORD - 1);
}

/** Fills out with 32-bit words; element i is a function of (stream, step, i) alone. */
export function fillWords(out: Uint32Array, stream: StreamId, step: number): void {
  checkStream(stream, step);
  for (let i = 0; i < out.length; i++) {
    if (i % 4 === 0) drawBlock(stream, step, i / 4, block);
    out[i] = block[i % 4];
  }
}

/** Integer below n from one word: floor(w n / 2^32); the bias is below n / 2^32. */
export function integerBelow(word: number, n: number): number {
  return Math.floor((word * n) / WORD);
}

/** Number in [0, 1) from one word. */
export function uniform(word: number): number {
  return word / WORD;
}

/** A random order of 0..size-1 (Fisher-Yates from the end; the word at index i decides position i). */
export function permutation(size: number, stream: StreamId, step: number): Uint32Array {
  const words = new Uint32Array(size);
  fillWords(words, stream, step);
  const order = Uint32Array.from(words, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const j = integerBelow(words[i], i + 1);
    const swapped = order[i];
    order[i] = order[j];
    order[j] = swapped;
  }
  return order;
}

/** Upper 32 bits of the product of two 32-bit words, from 16-bit halves; as an int32 bit pattern. */
function highProduct(left: number, right: number): number {
  const leftLow = left & 0xffff;
  const leftHigh = left >>> 16;
  const rightLow = right & 0xffff;
  const rightHigh = right >>> 16;
  const low = Math.imul(leftLow, rightLow) >>> 16;
  const middle = (Math.imul(leftHigh, rightLow) + low) | 0; // at most 0xffff0000: no carry is lost
  const other = (Math.imul(leftLow, rightHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(leftHigh, rightHigh) + (middle >>> 16) + (other >>> 16)) | 0;
}
