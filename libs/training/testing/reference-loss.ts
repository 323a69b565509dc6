import {
  LOSS_WEIGHTS,
  outputSize,
  targetWeights,
  timeEmbedding,
  type DenoiserParameters,
  type LossWeighting,
  type MlpDenoiserConfig,
} from '#ddim';
import type { TrainBatch } from '../src/train-backend.js';
import { B } from './train-batches.js';

export type Doubles = ReadonlyMap<string, Float64Array>;

export function take(params: Doubles, name: string): Float64Array {
  const values = params.get(name);
  if (!values) throw new Error(`no ${name}`);
  return values;
}

function dense(params: Doubles, name: string, x: readonly number[]): number[] {
  const kernel = take(params, `${name}.kernel`);
  const bias = take(params, `${name}.bias`);
  return Array.from(bias, (value, j) => x.reduce((sum, input, i) => sum + input * kernel[i * bias.length + j], value));
}

const silu = (values: readonly number[]) => values.map((value) => value / (1 + Math.exp(-value)));

function layerNorm(params: Doubles, name: string, h: readonly number[]): number[] {
  const mean = h.reduce((sum, value) => sum + value, 0) / h.length;
  const variance = h.reduce((sum, value) => sum + (value - mean) ** 2, 0) / h.length;
  const gamma = take(params, `${name}.gamma`);
  const beta = take(params, `${name}.beta`);
  return h.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * gamma[i] + beta[i]);
}

/** The loss of a batch in float64, formula by formula. */
export function referenceLoss(
  config: MlpDenoiserConfig,
  lossWeighting: LossWeighting,
  params: Doubles,
  batch: TrainBatch,
): number {
  const D = outputSize(config);
  const { hiddenSize: H, obsSize: O, numTrainTimesteps: T } = config;
  let sum = 0;
  let count = 0;
  for (let row = 0; row < B; row++) {
    const alphaBar = batch.alphaBars[row];
    const x0 = Array.from(batch.actions.subarray(row * D, (row + 1) * D));
    const eps = Array.from(batch.noise.subarray(row * D, (row + 1) * D));
    const x = x0.map((value, i) => Math.sqrt(alphaBar) * value + Math.sqrt(1 - alphaBar) * eps[i]);
    const observation = Array.from(batch.observations.subarray(row * O, (row + 1) * O));
    const o = O > 0 ? dense(params, 'obs_embed', observation) : Array.from({ length: H }, () => 0);
    const kept = o.map((value) => value * batch.conditionKeep[row]);
    let h = silu(dense(params, 'denoiser_in', [...x, ...timeEmbedding(batch.timesteps[row], T, H), ...kept]));
    for (let i = 1; i <= config.numLayers; i++) {
      const normed = layerNorm(params, `denoiser_block_${i}_norm`, h);
      const change = dense(params, `denoiser_block_${i}_down`, silu(dense(params, `denoiser_block_${i}_up`, normed)));
      h = h.map((value, j) => value + change[j]);
    }
    const F = dense(params, 'noise_out', h);
    const [ofX0, ofEps] = targetWeights(config, alphaBar);
    const weight = LOSS_WEIGHTS[lossWeighting]?.(config.predictionType, alphaBar) ?? 1;
    for (let i = 0; i < D; i++) {
      const counts = batch.lossMask?.[row * D + i] ?? 1;
      sum += counts * weight * (F[i] - ofX0 * x0[i] - ofEps * eps[i]) ** 2;
      count += counts;
    }
  }
  return sum / count;
}

export const doubles = (params: DenoiserParameters): Doubles =>
  new Map(Array.from(params, ([name, values]) => [name, Float64Array.from(values)]));
