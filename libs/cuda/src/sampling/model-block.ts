/** A model's weights as the kernels read them, in one piece. Knows nothing of the driver. */

import { checkParameters, outputSize, timeTable, type DenoiserParameters, type MlpDenoiserConfig } from '#ddim';
import { HEAD_WORDS, MODEL_WORDS, PADDING, type KernelPrecision, type Widths } from '../kernels/kernel-interface.js';
import { matrixWords, writeMatrix, type MatrixShape } from '../kernels/weight-matrix.js';

/** Every array begins at a multiple of so many words. */
const ALIGNMENT = 32;
const UP_FACTOR = 4;

/** H and D, padded. */
export function paddedWidths(config: MlpDenoiserConfig): Widths {
  return { hidden: padded(config.hiddenSize, PADDING), output: padded(outputSize(config), PADDING) };
}

/**
 * The model's block: its head, then its arrays (see MODEL_WORDS).
 * @throws InputError `shape_mismatch` naming the first parameter that is missing or has another size
 */
export function modelBlock(
  config: MlpDenoiserConfig,
  parameters: DenoiserParameters,
  precision: KernelPrecision,
): Uint32Array {
  checkParameters(config, parameters);
  const layout = new ModelLayout(config, precision);
  const block = new Uint32Array(layout.words);
  block.set(layout.head);
  const writer = new ModelWriter(block, parameters, precision);
  const { head, shapes } = layout;
  const { hiddenSize: H, numLayers } = config;
  const { hidden } = paddedWidths(config);
  writer.rows(timeTable(config, parameters), { width: H, paddedWidth: hidden }, head[MODEL_WORDS.times]);
  writer.matrix('denoiser_in.kernel', shapes.in, head[MODEL_WORDS.inKernel]);
  for (let i = 0; i < numLayers; i++) {
    const at = (place: number): number => head[MODEL_WORDS.blocks] + i * head[MODEL_WORDS.blockStride] + head[place];
    const name = `denoiser_block_${i + 1}`;
    writer.numbers(`${name}_norm.gamma`, at(MODEL_WORDS.gamma));
    writer.numbers(`${name}_norm.beta`, at(MODEL_WORDS.beta));
    writer.matrix(`${name}_up.kernel`, shapes.up, at(MODEL_WORDS.upKernel));
    writer.numbers(`${name}_up.bias`, at(MODEL_WORDS.upBias));
    writer.matrix(`${name}_down.kernel`, shapes.down, at(MODEL_WORDS.downKernel));
    writer.numbers(`${name}_down.bias`, at(MODEL_WORDS.downBias));
  }
  writer.matrix('noise_out.kernel', shapes.out, head[MODEL_WORDS.outKernel]);
  writer.numbers('noise_out.bias', head[MODEL_WORDS.outBias]);
  return block;
}

/** Where everything lies, and how much it is. */
class ModelLayout {
  readonly head = new Uint32Array(HEAD_WORDS);
  readonly shapes: Readonly<Record<'in' | 'up' | 'down' | 'out', MatrixShape>>;
  words = HEAD_WORDS;

  constructor(
    config: MlpDenoiserConfig,
    private readonly precision: KernelPrecision,
  ) {
    const { head } = this;
    const { hiddenSize: H, numLayers, numTrainTimesteps: T } = config;
    const D = outputSize(config);
    const { hidden, output } = paddedWidths(config);
    const [U, up] = [UP_FACTOR * H, UP_FACTOR * hidden];
    this.shapes = {
      in: { inputs: D, outputs: H, paddedInputs: output, paddedOutputs: hidden },
      up: { inputs: H, outputs: U, paddedInputs: hidden, paddedOutputs: up },
      down: { inputs: U, outputs: H, paddedInputs: up, paddedOutputs: hidden },
      out: { inputs: H, outputs: D, paddedInputs: hidden, paddedOutputs: output },
    };
    head[MODEL_WORDS.hidden] = H;
    head[MODEL_WORDS.paddedHidden] = hidden;
    head[MODEL_WORDS.output] = D;
    head[MODEL_WORDS.paddedOutput] = output;
    head[MODEL_WORDS.layers] = numLayers;
    head[MODEL_WORDS.timesteps] = T;
    this.place(MODEL_WORDS.times, T * hidden);
    this.place(MODEL_WORDS.inKernel, this.sizeOf('in'));
    const first = this.words;
    this.place(MODEL_WORDS.gamma, hidden, first);
    this.place(MODEL_WORDS.beta, hidden, first);
    this.place(MODEL_WORDS.upKernel, this.sizeOf('up'), first);
    this.place(MODEL_WORDS.upBias, up, first);
    this.place(MODEL_WORDS.downKernel, this.sizeOf('down'), first);
    this.place(MODEL_WORDS.downBias, hidden, first);
    head[MODEL_WORDS.blocks] = first;
    head[MODEL_WORDS.blockStride] = this.words - first;
    this.words = first + numLayers * head[MODEL_WORDS.blockStride];
    this.place(MODEL_WORDS.outKernel, this.sizeOf('out'));
    this.place(MODEL_WORDS.outBias, output);
  }

  private place(place: number, words: number, from = 0): void {
    this.head[place] = this.words - from;
    this.words = padded(this.words + words, ALIGNMENT);
  }

  private sizeOf(matrix: keyof ModelLayout['shapes']): number {
    return matrixWords(this.shapes[matrix], this.precision);
  }
}

class ModelWriter {
  private readonly floats: Float32Array;

  constructor(
    private readonly block: Uint32Array,
    private readonly parameters: DenoiserParameters,
    private readonly precision: KernelPrecision,
  ) {
    this.floats = new Float32Array(block.buffer);
  }

  /** Rows of `width` numbers, each padded. */
  rows(
    numbers: Float32Array,
    { width, paddedWidth }: { readonly width: number; readonly paddedWidth: number },
    at: number,
  ): void {
    for (let row = 0; row * width < numbers.length; row++)
      this.floats.set(numbers.subarray(row * width, (row + 1) * width), at + row * paddedWidth);
  }

  numbers(name: string, at: number): void {
    this.floats.set(this.parameter(name), at);
  }

  matrix(name: string, shape: MatrixShape, at: number): void {
    const words = this.block.subarray(at, at + matrixWords(shape, this.precision));
    writeMatrix(this.parameter(name).subarray(0, shape.inputs * shape.outputs), shape, this.precision, words);
  }

  private parameter(name: string): Float32Array {
    const values = this.parameters.get(name);
    if (values) return values;
    throw new TypeError(`there is no parameter ${name}`);
  }
}

function padded(size: number, multiple: number): number {
  return Math.ceil(size / multiple) * multiple;
}
