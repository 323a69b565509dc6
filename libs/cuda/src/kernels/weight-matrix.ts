/** How a matrix of weights lies in device memory. Knows nothing of layers. */

import type { KernelPrecision } from './kernel-interface.js';

/** Sizes of a kernel [in,out], and of the padded one. */
export interface MatrixShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly paddedInputs: number;
  readonly paddedOutputs: number;
}

/** 32-bit words of a padded matrix. */
export function matrixWords(shape: MatrixShape, precision: KernelPrecision): number {
  const numbers = shape.paddedInputs * shape.paddedOutputs;
  return precision === 'bf16' ? numbers / 2 : numbers;
}

/**
 * Writes a kernel [inputs,outputs] row-major into `words`, padded with zeros, as float32 or as bf16 (rounded
 * to nearest, ties to even; the even column in the lower half of a word).
 * @param words [matrixWords], zeros
 */
export function writeMatrix(
  kernel: Float32Array,
  shape: MatrixShape,
  precision: KernelPrecision,
  words: Uint32Array,
): void {
  const { inputs, outputs, paddedOutputs } = shape;
  const bits = new Uint32Array(kernel.slice().buffer);
  const halves = new Uint16Array(words.buffer, words.byteOffset, words.length * 2);
  for (let i = 0; i < inputs; i++) {
    const row = bits.subarray(i * outputs, (i + 1) * outputs);
    if (precision === 'float32') words.set(row, i * paddedOutputs);
    else for (let j = 0; j < outputs; j++) halves[i * paddedOutputs + j] = roundToBf16(row[j]);
  }
}

/** The upper half of a finite float32, rounded to nearest, ties to even. */
function roundToBf16(bits: number): number {
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
