/** Sizes and places of a network's weights on the device. Knows nothing of programs. */

import { outputSize, timeTable, type DenoiserParameters, type MlpDenoiserConfig, ModelLoadError } from '#ddim';

/**
 * Every dimension is padded with zeros to a multiple of this, so that no tile of a product ends early: a zero
 * weight adds nothing to a sum.
 */
const PADDING = 32;

/** H, D and U = 4H as the network has them, and padded (P). */
export interface NetworkShape {
  readonly H: number;
  readonly D: number;
  readonly U: number;
  readonly HP: number;
  readonly DP: number;
  readonly UP: number;
  readonly numLayers: number;
  /** T of the time table. */
  readonly numTimes: number;
  /** Where the parts begin, in float32 numbers; those of a block from the block's own beginning. */
  readonly places: Readonly<Record<'input' | 'times' | 'blocks' | 'output' | 'outputBias' | 'end', number>>;
  readonly block: Readonly<Record<'gamma' | 'beta' | 'up' | 'upBias' | 'down' | 'downBias' | 'end', number>>;
}

export function networkShape(config: MlpDenoiserConfig): NetworkShape {
  const { hiddenSize: H, numLayers, numTrainTimesteps: numTimes } = config;
  const D = outputSize(config);
  const [HP, DP, UP] = [H, D, 4 * H].map((size) => PADDING * Math.ceil(size / PADDING));
  const block = consecutive({ gamma: HP, beta: HP, up: HP * UP, upBias: UP, down: UP * HP, downBias: HP });
  const places = consecutive({
    input: DP * HP,
    times: numTimes * HP,
    blocks: numLayers * block.end,
    output: HP * DP,
    outputBias: DP,
  });
  return { H, D, U: 4 * H, HP, DP, UP, numLayers, numTimes, places, block };
}

/** All weights in one array, where the shape says; kernels are [in,out], the time table [T,H]. */
export function packNetwork(
  config: MlpDenoiserConfig,
  parameters: DenoiserParameters,
  shape: NetworkShape,
): Float32Array {
  const { H, D, U, HP, DP, UP, places, block, numTimes } = shape;
  const packed = new Float32Array(places.end);
  const put = (at: number, data: Float32Array, { rows = 1, columns, stride = columns }: Matrix): void => {
    for (let row = 0; row < rows; row++)
      packed.set(data.subarray(row * columns, (row + 1) * columns), at + row * stride);
  };
  const of = (name: string): Float32Array => requireParameter(parameters, name);
  put(places.input, of('denoiser_in.kernel'), { rows: D, columns: H, stride: HP });
  put(places.times, timeTable(config, parameters), { rows: numTimes, columns: H, stride: HP });
  for (let layer = 0; layer < shape.numLayers; layer++) {
    const name = `denoiser_block_${layer + 1}`;
    const at = places.blocks + layer * block.end;
    put(at + block.gamma, of(`${name}_norm.gamma`), { columns: H });
    put(at + block.beta, of(`${name}_norm.beta`), { columns: H });
    put(at + block.up, of(`${name}_up.kernel`), { rows: H, columns: U, stride: UP });
    put(at + block.upBias, of(`${name}_up.bias`), { columns: U });
    put(at + block.down, of(`${name}_down.kernel`), { rows: U, columns: H, stride: HP });
    put(at + block.downBias, of(`${name}_down.bias`), { columns: H });
  }
  put(places.output, of('noise_out.kernel'), { rows: H, columns: D, stride: DP });
  put(places.outputBias, of('noise_out.bias'), { columns: D });
  return packed;
}

interface Matrix {
  readonly rows?: number;
  readonly columns: number;
  readonly stride?: number;
}

/** Where each part begins when they lie one after the other. */
function consecutive<Name extends string>(sizes: Readonly<Record<Name, number>>): Record<Name | 'end', number> {
  let end = 0;
  const begins: Partial<Record<string, number>> = {};
  for (const [name, size] of Object.entries<number>(sizes)) {
    begins[name] = end;
    end += size;
  }
  return Object.assign({}, sizes, begins, { end });
}

function requireParameter(parameters: DenoiserParameters, name: string): Float32Array {
  const data = parameters.get(name);
  if (!data) throw new ModelLoadError(`parameter ${name} is missing`);
  return data;
}
