/** How a matrix of weights lies in device memory. Knows nothing of layers. */

import { PADDING, PANEL, type KernelPrecision } from './kernel-interface.js';

/** Sizes of a kernel [in,out], and of the padded one. */
export interface MatrixShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly paddedInputs: number;
  readonly paddedOutputs: number;
}

/** How an instruction's weights lie in the registers of a warp: register, and half of it, of input k. */
interface Fragment {
  /** Inputs of one instruction. */
  readonly inputs: number;
  /** Of input k, for one column: which of 4 threads, which of its 2 registers, which half of that. */
  readonly placeOf: (k: number) => { readonly thread: number; readonly register: number; readonly half: number };
}

const fragments: Readonly<Record<KernelPrecision, Fragment>> = {
  // m16n8k8: inputs 2 t and 2 t + 1 take the places of t and t + 4, here and in the kernels' left sides
  float32: { inputs: 8, placeOf: (k) => ({ thread: k >> 1, register: k % 2, half: 0 }) },
  // m16n8k16
  bf16: { inputs: 16, placeOf: (k) => ({ thread: (k % 8) >> 1, register: k >> 3, half: k % 2 }) },
};

const TILE_COLUMNS = 8;
const WORDS_PER_TILE = 128;
const WORDS_PER_OCTET = (PADDING / TILE_COLUMNS) * WORDS_PER_TILE;
/** Instructions whose weights lie side by side, so that a thread reads 16 bytes at once. */
const STEPS_PER_GROUP = 2;
const WORDS_PER_THREAD = 4;
const THREADS_PER_COLUMN = 4;

/** 32-bit words of a padded matrix. */
export function matrixWords(shape: MatrixShape, precision: KernelPrecision): number {
  const numbers = shape.paddedInputs * shape.paddedOutputs;
  return precision === 'bf16' ? numbers / 2 : numbers;
}

/**
 * Writes a kernel [inputs,outputs] row-major into `words`, as float32 or as bf16 (rounded to nearest, ties to
 * even), in the order [panel of 256 columns][group of inputs][octet of 64 columns][tile of 8][thread][4
 * words]: what a warp multiplies next lies next, 512 bytes at a time. The last panel may have fewer octets.
 * @param words [matrixWords], zeros
 */
export function writeMatrix(
  kernel: Float32Array,
  shape: MatrixShape,
  precision: KernelPrecision,
  words: Uint32Array,
): void {
  const { inputs, outputs } = shape;
  const bits = new Uint32Array(kernel.slice().buffer);
  const { inputs: stepInputs, placeOf } = fragments[precision];
  const columns = Array.from({ length: outputs }, (_, j) => columnPlace(shape, stepInputs * STEPS_PER_GROUP, j));
  for (let i = 0; i < inputs; i++) {
    const step = Math.floor(i / stepInputs);
    const { thread, register, half } = placeOf(i % stepInputs);
    const inside = thread * WORDS_PER_THREAD + (step % STEPS_PER_GROUP) * 2 + register;
    const group = Math.floor(step / STEPS_PER_GROUP);
    for (let j = 0; j < outputs; j++) {
      const at = columns[j].start + group * columns[j].perGroup + inside;
      const value = bits[i * outputs + j];
      if (precision === 'float32') words[at] = value;
      else words[at] |= roundToBf16(value) << (16 * half);
    }
  }
}

/** Where a column begins, and how far apart its groups are. */
function columnPlace({ paddedInputs, paddedOutputs }: MatrixShape, groupInputs: number, j: number) {
  const groups = paddedInputs / groupInputs;
  const panelStart = j - (j % PANEL);
  const octets = Math.min(PANEL, paddedOutputs - panelStart) / PADDING;
  const inPanel = j - panelStart;
  return {
    start:
      (panelStart / PADDING) * groups * WORDS_PER_OCTET +
      Math.floor(inPanel / TILE_COLUMNS) * WORDS_PER_TILE +
      (inPanel % TILE_COLUMNS) * THREADS_PER_COLUMN * WORDS_PER_THREAD,
    perGroup: octets * WORDS_PER_OCTET,
  };
}

/** The upper half of a finite float32, rounded to nearest, ties to even. */
function roundToBf16(bits: number): number {
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
