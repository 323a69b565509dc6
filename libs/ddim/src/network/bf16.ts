import { mlpPredict, outputSize, type DenoiserParameters, type MlpDenoiserConfig, type Predict } from './denoiser.js';

/*
 * Precision bf16: both sides of every product of a step are rounded to bf16, sums stay float32. Conditions,
 * the time table, norms, SiLU and the step itself stay float32.
 */

const STEP_KERNEL = /^(denoiser_in|denoiser_block_\d+_(up|down)|noise_out)\.kernel$/;

const bits = new Uint32Array(1);
const number = new Float32Array(bits.buffer);

/** The nearest number that bf16 has, ties to the even one; what is not finite stays as it is. */
export function roundToBf16(value: number): number {
  number[0] = value;
  if (Number.isFinite(number[0])) bits[0] = (bits[0] + 0x7fff + ((bits[0] >>> 16) & 1)) & 0xffff0000;
  return number[0];
}

/** The reference of the bf16 network, for one row at a time: mlpPredict with both sides rounded. */
export function bf16Predict(config: MlpDenoiserConfig, parameters: DenoiserParameters): Predict {
  const rounded = new Map(parameters);
  const numbersOfX = outputSize(config) * config.hiddenSize;
  for (const [name, kernel] of parameters) {
    // the other rows of the first layer see time and observation, whose products are made once
    const end = name === 'denoiser_in.kernel' ? numbersOfX : kernel.length;
    if (STEP_KERNEL.test(name))
      rounded.set(
        name,
        kernel.map((value, i) => (i < end ? roundToBf16(value) : value)),
      );
  }
  return mlpPredict(config, rounded, { blocks: roundRow, ends: roundRow });
}

function roundRow(x: Float64Array): Float64Array {
  return x.map(roundToBf16);
}
