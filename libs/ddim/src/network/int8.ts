import { mlpPredict, type DenoiserParameters, type MlpDenoiserConfig, type Predict } from './denoiser.js';

/*
 * Precision int8: the two products of every residual block, nine tenths of the arithmetic at the seed's
 * shape, run on whole numbers. The first and the last product stay float32: they cost little, and rounding
 * them as well made the error of two trained models (D 16, H 128, epsilon, 10 steps; mean of 5 seeds) 4.9
 * instead of 3.8 % and 9.8 instead of 6.4 %.
 */

/** Activations are whole numbers in [-127, 127] times the row's scale. */
export const ACTIVATION_LEVELS = 127;
/**
 * Weights are whole numbers in [-63, 63] times the column's scale: 7 bits. CPUs without VNNI add pairs of
 * products in 16 bits, and 2·255·63 still fits there while 2·255·127 would saturate; so the integer sums are
 * the same on every CPU.
 */
const WEIGHT_LEVELS = 63;
/**
 * Added to a row's largest number, so that a row of zeros divides by something; below a float32's precision
 * for any other.
 */
export const SMALLEST_SPREAD = 1e-30;

/** A kernel in integers: W ≈ values · scales. */
interface QuantizedKernel {
  /** [K,N], row-major, in [-63, 63]. */
  readonly values: Int8Array;
  /** [N]. */
  readonly scales: Float32Array;
}

/**
 * Rounds a kernel [K,N], row-major, to 7 bits per column: s_j = max_i |W_ij| / 63, w_ij = round(W_ij / s_j).
 */
export function quantizeColumns(kernel: Float32Array, columns: number): QuantizedKernel {
  const scales = new Float32Array(columns);
  for (let i = 0; i < kernel.length; i++) scales[i % columns] = Math.max(scales[i % columns], Math.abs(kernel[i]));
  for (let j = 0; j < columns; j++) scales[j] = (scales[j] + SMALLEST_SPREAD) / WEIGHT_LEVELS;
  const values = new Int8Array(kernel.length);
  for (let i = 0; i < kernel.length; i++) values[i] = Math.round(kernel[i] / scales[i % columns]);
  return { values, scales };
}

/** Rounds one row to 8 bits: q_i = round(127 x_i / m), m = max |x|; returns q · m / 127. */
function roundActivations(x: Float64Array): Float64Array {
  const spread = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0) + SMALLEST_SPREAD;
  return x.map((value) => (Math.round((value * ACTIVATION_LEVELS) / spread) * spread) / ACTIVATION_LEVELS);
}

/**
 * The reference of the int8 network, for one row at a time: mlpPredict with the kernels of the residual
 * blocks rounded by quantizeColumns, and what they are multiplied with by roundActivations.
 */
export function int8Predict(config: MlpDenoiserConfig, parameters: DenoiserParameters): Predict {
  const { hiddenSize: H, numLayers } = config;
  const rounded = new Map(parameters);
  for (let block = 1; block <= numLayers; block++)
    for (const [name, columns] of [
      [`denoiser_block_${block}_up.kernel`, 4 * H],
      [`denoiser_block_${block}_down.kernel`, H],
    ] as const) {
      const kernel = parameters.get(name);
      if (kernel) rounded.set(name, roundKernel(kernel, columns));
    }
  return mlpPredict(config, rounded, { blocks: roundActivations });
}

function roundKernel(kernel: Float32Array, columns: number): Float32Array {
  const { values, scales } = quantizeColumns(kernel, columns);
  return Float32Array.from(values, (value, i) => value * scales[i % columns]);
}
