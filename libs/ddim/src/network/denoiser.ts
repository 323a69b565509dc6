import { checkLength } from '../checks.js';
import { InputError } from '../errors.js';
import type { OutputForm } from '../math/output-form.js';
import { fillWords, PURPOSES, uniform } from '../random/rng.js';

/** What any denoiser takes, and how its output is read. O = obsSize (0: unconditional), D = outputSize. */
export interface DenoiserConfig extends OutputForm {
  readonly obsSize: number;
  readonly actionDim: number;
  readonly actionHorizon: number;
  readonly numTrainTimesteps: number;
}

/** Sizes of our network: H = hiddenSize (even). */
export interface MlpDenoiserConfig extends DenoiserConfig {
  readonly hiddenSize: number;
  readonly numLayers: number;
}

/** Arrays by parameter name, row-major, with the shapes of parameterShapes. */
export type DenoiserParameters = ReadonlyMap<string, Float32Array>;

/** F [D] for one row: the reference network, or any function of that shape. */
export type Predict = (x: Float32Array, timestep: number, condition: Float32Array) => Float32Array;

/** A row as a product reads it. */
type Rounding = (x: Float64Array) => Float64Array;

/** What products read: those of the residual blocks, and the first, of x, and the last; absent: the row. */
interface Roundings {
  readonly blocks?: Rounding;
  readonly ends?: Rounding;
}

const LAYER_NORM_EPSILON = 1e-5;
const HIGHEST_FREQUENCY = 10_000;

/** Norm, up and down, two arrays each. */
export const TENSORS_PER_BLOCK = 6;

/** Names and shapes in the order of the layers, those of Edifice's network; kernels are [in, out]. */
export function parameterShapes(
  config: MlpDenoiserConfig,
): ReadonlyArray<{ readonly name: string; readonly shape: readonly number[] }> {
  const { obsSize: O, hiddenSize: H, numLayers } = config;
  const D = outputSize(config);
  const blocks = Array.from({ length: numLayers }, (_, i) => `denoiser_block_${i + 1}`).flatMap((block) => [
    { name: `${block}_norm.gamma`, shape: [H] },
    { name: `${block}_norm.beta`, shape: [H] },
    ...denseShapes(`${block}_up`, H, 4 * H),
    ...denseShapes(`${block}_down`, 4 * H, H),
  ]);
  return [
    ...denseShapes('obs_embed', O, H),
    ...denseShapes('denoiser_in', D + 2 * H, H),
    ...blocks,
    ...denseShapes('noise_out', H, D),
  ];
}

function denseShapes(name: string, inputs: number, outputs: number) {
  return [
    { name: `${name}.kernel`, shape: [inputs, outputs] },
    { name: `${name}.bias`, shape: [outputs] },
  ];
}

/** D = actionHorizon * actionDim. */
export function outputSize(config: Pick<MlpDenoiserConfig, 'actionDim' | 'actionHorizon'>): number {
  return config.actionHorizon * config.actionDim;
}

/** Exact number of parameters: (D+2H)H + H + L(8H² + 7H) + HD + D + OH + H. */
export function paramCount(config: MlpDenoiserConfig): number {
  return parameterShapes(config).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/**
 * Fresh parameters: Glorot-uniform kernels, zero biases, gamma 1, beta 0; a function of config and seed
 * alone.
 */
export function initialParameters(config: MlpDenoiserConfig, seed: number): DenoiserParameters {
  const parameters = new Map<string, Float32Array>();
  for (const [row, { name, shape }] of parameterShapes(config).entries()) {
    const values = new Float32Array(sizeOf(shape));
    if (name.endsWith('.gamma')) values.fill(1);
    if (name.endsWith('.kernel')) {
      const limit = Math.sqrt(6 / (shape[0] + shape[1]));
      const words = new Uint32Array(values.length);
      fillWords(words, { seed, row, purpose: PURPOSES.parameterInit }, 0);
      for (let i = 0; i < values.length; i++) values[i] = limit * (2 * uniform(words[i]) - 1);
    }
    parameters.set(name, values);
  }
  return parameters;
}

/** @throws InputError `shape_mismatch` naming the first parameter that is missing or has another size */
export function checkParameters(config: MlpDenoiserConfig, params: DenoiserParameters): void {
  for (const { name, shape } of parameterShapes(config))
    checkLength(name, parameter(params, name).length, sizeOf(shape), `[${shape.join(',')}]`);
}

/**
 * The part of the first layer that depends on the timestep alone, [T,H]: embed(t) · Wt, summed in float64.
 * Backends gather its rows, so that no device's own sine decides a result.
 */
export function timeTable(config: MlpDenoiserConfig, params: DenoiserParameters): Float32Array {
  const { numTrainTimesteps: T, hiddenSize: H } = config;
  const kernel = timeKernel(config, params);
  const table = new Float32Array(T * H);
  for (let t = 0; t < T; t += 2) {
    const rows = [new Float64Array(H), new Float64Array(H)];
    addTwoProducts([timeEmbedding(t, T, H), timeEmbedding(t + 1, T, H)], kernel, rows);
    table.set(rows[0], t * H);
    if (t + 1 < T) table.set(rows[1], (t + 1) * H);
  }
  return table;
}

/**
 * Adds embed(t) · Wt of two timesteps to their rows, four inputs of the kernel per pass over the rows: each
 * sum is taken in the order in which addProduct takes it.
 */
function addTwoProducts(
  times: readonly [Float32Array, Float32Array],
  kernel: Float32Array,
  rows: readonly Float64Array[],
) {
  const [time0, time1] = times;
  const [row0, row1] = rows;
  const H = row0.length;
  const whole = H - (H % 4);
  for (let i = 0; i < whole; i += 4) {
    const [a0, a1, a2, a3] = time0.subarray(i, i + 4);
    const [b0, b1, b2, b3] = time1.subarray(i, i + 4);
    for (let j = 0, at = i * H; j < H; j++, at++) {
      const w0 = kernel[at];
      const w1 = kernel[at + H];
      const w2 = kernel[at + 2 * H];
      const w3 = kernel[at + 3 * H];
      row0[j] = row0[j] + a0 * w0 + a1 * w1 + a2 * w2 + a3 * w3;
      row1[j] = row1[j] + b0 * w0 + b1 * w1 + b2 * w2 + b3 * w3;
    }
  }
  addProduct(time0.subarray(whole), kernel.subarray(whole * H), row0);
  addProduct(time1.subarray(whole), kernel.subarray(whole * H), row1);
}

/** Wt [H,H]. */
function timeKernel(config: MlpDenoiserConfig, params: DenoiserParameters): Float32Array {
  return parameter(params, 'denoiser_in.kernel').subarray(outputSize(config) * config.hiddenSize);
}

function timeRow(config: MlpDenoiserConfig, params: DenoiserParameters, timestep: number): Float64Array {
  const { hiddenSize: H, numTrainTimesteps: T } = config;
  const row = new Float64Array(H);
  const time = timeEmbedding(timestep, T, H);
  addProduct(time, timeKernel(config, params), row);
  return row;
}

/**
 * Sines, then cosines, of (t/T) 10000^(i/(n-1)), [H], n = H/2. Rounded to float32 operation by operation, as
 * the checkpoints' origin computes it: near 10^4 rad neighbouring float32 angles are 2^-10 apart, so the
 * rounding is part of the model.
 */
export function timeEmbedding(timestep: number, T: number, H: number): Float32Array {
  const { fround } = Math;
  const n = H / 2;
  const embedding = new Float32Array(H);
  for (let i = 0; i < n; i++) {
    const frequency = fround(HIGHEST_FREQUENCY ** fround(i / Math.max(n - 1, 1)));
    const angle = fround(fround(timestep / T) * frequency);
    embedding[i] = Math.sin(angle);
    embedding[n + i] = Math.cos(angle);
  }
  return embedding;
}

/**
 * The part of the first layer that depends on the observation alone: o · Wo + bias with o =
 * obs_embed(observation).
 * @param observations [N,obsSize], normalised (N = 1 when obsSize is 0); null is the null condition o = 0, N
 * = 1
 * @returns conditions [N,H]
 */
export function encodeObservations(
  config: MlpDenoiserConfig,
  params: DenoiserParameters,
  observations: Float32Array | null,
): Float32Array {
  const { obsSize: O, hiddenSize: H } = config;
  const bias = parameter(params, 'denoiser_in.bias');
  if (observations === null) return bias.slice();
  const Wo = parameter(params, 'denoiser_in.kernel').subarray((outputSize(config) + H) * H);
  const N = O === 0 ? 1 : Math.floor(observations.length / O);
  checkLength('observations', observations.length, N * O, `[N,${O}]`);
  const conditions = new Float32Array(N * H);
  for (let row = 0; row < N; row++) {
    const o = Float64Array.from(parameter(params, 'obs_embed.bias'));
    addProduct(observations.subarray(row * O, (row + 1) * O), parameter(params, 'obs_embed.kernel'), o);
    const condition = Float64Array.from(bias);
    addProduct(o, Wo, condition);
    conditions.set(condition, row * H);
  }
  return conditions;
}

/**
 * The reference network of these parameters, for one row at a time: float64 inside, a fresh float32 array per
 * call.
 * @param roundings what becomes of the inputs of products; int8.ts and bf16.ts round there
 */
export function mlpPredict(
  config: MlpDenoiserConfig,
  params: DenoiserParameters,
  { blocks = asIs, ends = asIs }: Roundings = {},
): Predict {
  checkParameters(config, params);
  const { hiddenSize: H, numLayers } = config;
  const timeRows = new Map<number, Float64Array>();
  return (x, timestep, condition) => {
    const time = timeRows.get(timestep) ?? timeRow(config, params, timestep);
    timeRows.set(timestep, time);
    const h = Float64Array.from(condition, (value, i) => value + time[i]);
    const first = parameter(params, 'denoiser_in.kernel').subarray(0, x.length * H);
    addProduct(ends(Float64Array.from(x)), first, h);
    applySilu(h);
    for (let i = 1; i <= numLayers; i++) addBlock(`denoiser_block_${i}`, params, h, blocks);
    return Float32Array.from(dense('noise_out', params, ends(h)));
  };
}

function asIs(x: Float64Array): Float64Array {
  return x;
}

/** h += down(SiLU(up(LN(h)))). */
function addBlock(block: string, params: DenoiserParameters, h: Float64Array, round: Rounding): void {
  const up = dense(`${block}_up`, params, round(layerNorm(`${block}_norm`, params, h)));
  applySilu(up);
  const down = dense(`${block}_down`, params, round(up));
  for (let i = 0; i < h.length; i++) h[i] += down[i];
}

function layerNorm(name: string, params: DenoiserParameters, h: Float64Array): Float64Array {
  const gamma = parameter(params, `${name}.gamma`);
  const beta = parameter(params, `${name}.beta`);
  const mean = h.reduce((sum, value) => sum + value, 0) / h.length;
  const variance = h.reduce((sum, value) => sum + (value - mean) ** 2, 0) / h.length;
  const scale = 1 / Math.sqrt(variance + LAYER_NORM_EPSILON);
  return h.map((value, i) => (value - mean) * scale * gamma[i] + beta[i]);
}

function dense(name: string, params: DenoiserParameters, x: Float64Array): Float64Array {
  const y = Float64Array.from(parameter(params, `${name}.bias`));
  addProduct(x, parameter(params, `${name}.kernel`), y);
  return y;
}

/** y += x · kernel, kernel [x.length, y.length] row-major. */
function addProduct(x: Float32Array | Float64Array, kernel: Float32Array, y: Float64Array): void {
  for (let i = 0, at = 0; i < x.length; i++) {
    const value = x[i];
    for (let j = 0; j < y.length; j++, at++) y[j] += value * kernel[at];
  }
}

function applySilu(h: Float64Array): void {
  for (let i = 0; i < h.length; i++) h[i] /= 1 + Math.exp(-h[i]);
}

function parameter(params: DenoiserParameters, name: string): Float32Array {
  const values = params.get(name);
  if (values) return values;
  throw new InputError('shape_mismatch', `parameter ${name} is missing`, { field: name });
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}
