import { checkLength } from './checks.js';
import { InputError } from './errors.js';
import { checkOutputForm, type OutputForm } from './output-form.js';
import { fillWords, PURPOSES, uniform } from './rng.js';
import { makeNoiseSchedule, type NoiseScheduleConfig } from './schedule.js';
import { formatWarning } from './warning.js';

/** Sizes of the network and how its output is read. O = obsSize (0: unconditional), H = hiddenSize (even), D = outputSize. */
export interface MlpDenoiserConfig extends OutputForm {
  readonly obsSize: number;
  readonly actionDim: number;
  readonly actionHorizon: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly numTrainTimesteps: number;
}

/** Arrays by parameter name, row-major, with the shapes of parameterShapes. */
export type DenoiserParameters = ReadonlyMap<string, Float32Array>;

/** F [D] for one row: the reference network, or any function of that shape. */
export type Predict = (x: Float32Array, timestep: number, condition: Float32Array) => Float32Array;

const LAYER_NORM_EPSILON = 1e-5;
const HIGHEST_FREQUENCY = 10_000;
/** sigmaSkip of models whose output layer spans only part of the action space: noise of this size stays in the rest. */
const NARROW_SIGMA_SKIP = 0.05;
const WIDEST_NARROW_SIGMA_SKIP = 0.1;

/** Names and shapes in the order of the layers, those of Edifice's network; kernels are [in, out]. */
export function parameterShapes(
  config: MlpDenoiserConfig,
): ReadonlyArray<{ readonly name: string; readonly shape: readonly number[] }> {
  const { obsSize: O, hiddenSize: H, numLayers } = config;
  const D = outputSize(config);
  const dense = (name: string, inputs: number, outputs: number) => [
    { name: `${name}.kernel`, shape: [inputs, outputs] },
    { name: `${name}.bias`, shape: [outputs] },
  ];
  const blocks = Array.from({ length: numLayers }, (_, i) => `denoiser_block_${i + 1}`).flatMap((block) => [
    { name: `${block}_norm.gamma`, shape: [H] },
    { name: `${block}_norm.beta`, shape: [H] },
    ...dense(`${block}_up`, H, 4 * H),
    ...dense(`${block}_down`, 4 * H, H),
  ]);
  return [...dense('obs_embed', O, H), ...dense('denoiser_in', D + 2 * H, H), ...blocks, ...dense('noise_out', H, D)];
}

/** D = actionHorizon * actionDim. */
export function outputSize(config: Pick<MlpDenoiserConfig, 'actionDim' | 'actionHorizon'>): number {
  return config.actionHorizon * config.actionDim;
}

/** Exact number of parameters: (D+2H)H + H + L(8H² + 7H) + HD + D + OH + H. */
export function paramCount(config: MlpDenoiserConfig): number {
  return parameterShapes(config).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Fresh parameters: Glorot-uniform kernels, zero biases, gamma 1, beta 0; a function of config and seed alone. */
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

/** The sigmaSkip a skip output gets unless told otherwise: sigmaData when H >= D, else 0.05. */
export function defaultSigmaSkip(
  config: Pick<MlpDenoiserConfig, 'actionDim' | 'actionHorizon' | 'hiddenSize'>,
  sigmaData: number,
): number {
  return config.hiddenSize >= outputSize(config) ? sigmaData : NARROW_SIGMA_SKIP;
}

/**
 * What is wrong, and what works but cannot work well; warnings as `code: text`. The rank rule: F = W h + bias spans at most H of
 * D dimensions, so with H < D neither ε nor v, which are white in all D, can be learnt.
 */
export function validateModel(
  config: MlpDenoiserConfig,
  schedule: NoiseScheduleConfig,
): { errors: string[]; warnings: string[] } {
  const errors: string[] = [];
  const expect = (accepted: boolean, message: string) => accepted || errors.push(message);
  const atLeast = (field: keyof MlpDenoiserConfig, value: number, least: number) =>
    expect(Number.isInteger(value) && value >= least, `${field} must be an integer of at least ${least}, got ${value}`);
  atLeast('obsSize', config.obsSize, 0);
  atLeast('actionDim', config.actionDim, 1);
  atLeast('actionHorizon', config.actionHorizon, 1);
  atLeast('hiddenSize', config.hiddenSize, 2);
  expect(config.hiddenSize % 2 === 0, `hiddenSize must be even, got ${config.hiddenSize}`);
  atLeast('numLayers', config.numLayers, 1);
  expect(
    config.numTrainTimesteps === schedule.numTrainTimesteps,
    `numTrainTimesteps must be the schedule's ${schedule.numTrainTimesteps}, got ${config.numTrainTimesteps}`,
  );
  collectInputError(errors, () => checkOutputForm(config));
  const noise = collectInputError(errors, () => makeNoiseSchedule(schedule));
  return { errors, warnings: errors.length === 0 && noise ? rankWarnings(config, noise.alphasCumprod) : [] };
}

function rankWarnings(config: MlpDenoiserConfig, alphasCumprod: Float64Array): string[] {
  const { hiddenSize: H, predictionType, preconditioning, sigmaSkip = 0 } = config;
  const D = outputSize(config);
  if (H >= D) return [];
  if (preconditioning === 'edm' && sigmaSkip > WIDEST_NARROW_SIGMA_SKIP)
    return [
      formatWarning(
        'rank_limited_prediction',
        `hiddenSize ${H} is below actionHorizon * actionDim = ${D}: noise of standard deviation ${sigmaSkip} stays in the other ` +
          `dimensions; use a sigmaSkip of at most ${WIDEST_NARROW_SIGMA_SKIP}`,
      ),
    ];
  if (predictionType === 'sample') return [];
  const missing = 1 - H / D;
  const mean = alphasCumprod.reduce((sum, alphaBar) => sum + alphaBar, 0) / alphasCumprod.length;
  const floor = predictionType === 'epsilon' ? missing : missing * mean;
  return [
    formatWarning(
      'rank_limited_prediction',
      `hiddenSize ${H} is below actionHorizon * actionDim = ${D}: the ${predictionType} loss cannot fall below about ` +
        `${floor.toFixed(3)} and samples keep noise; use predictionType sample, or a hiddenSize of at least ${D}`,
    ),
  ];
}

function collectInputError<T>(errors: string[], run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    errors.push(error.message);
    return undefined;
  }
}

/**
 * The part of the first layer that depends on the timestep alone, [T,H]: embed(t) · Wt, summed in float64. Backends gather its
 * rows, so that no device's own sine decides a result.
 */
export function timeTable(config: MlpDenoiserConfig, params: DenoiserParameters): Float32Array {
  const { numTrainTimesteps: T, hiddenSize: H } = config;
  const table = new Float32Array(T * H);
  for (let t = 0; t < T; t++) table.set(timeRow(config, params, t), t * H);
  return table;
}

function timeRow(config: MlpDenoiserConfig, params: DenoiserParameters, timestep: number): Float64Array {
  const { hiddenSize: H, numTrainTimesteps: T } = config;
  const row = new Float64Array(H);
  const time = timeEmbedding(timestep, T, H);
  addProduct(time, parameter(params, 'denoiser_in.kernel').subarray(outputSize(config) * H), row);
  return row;
}

/**
 * Sines, then cosines, of (t/T) 10000^(i/(n-1)), [H], n = H/2. Rounded to float32 operation by operation, as the checkpoints'
 * origin computes it: near 10^4 rad neighbouring float32 angles are 2^-10 apart, so the rounding is part of the model.
 */
function timeEmbedding(timestep: number, T: number, H: number): Float32Array {
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
 * The part of the first layer that depends on the observation alone: o · Wo + bias with o = obs_embed(observation).
 * @param observations [N,obsSize], normalised (N = 1 when obsSize is 0); null is the null condition o = 0, N = 1
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

/** The reference network of these parameters, for one row at a time: float64 inside, a fresh float32 array per call. */
export function mlpPredict(config: MlpDenoiserConfig, params: DenoiserParameters): Predict {
  checkParameters(config, params);
  const { hiddenSize: H, numLayers } = config;
  const timeRows = new Map<number, Float64Array>();
  return (x, timestep, condition) => {
    const time = timeRows.get(timestep) ?? timeRow(config, params, timestep);
    timeRows.set(timestep, time);
    const h = Float64Array.from(condition, (value, i) => value + time[i]);
    addProduct(x, parameter(params, 'denoiser_in.kernel').subarray(0, x.length * H), h);
    applySilu(h);
    for (let i = 1; i <= numLayers; i++) addBlock(`denoiser_block_${i}`, params, h);
    return Float32Array.from(dense('noise_out', params, h));
  };
}

/** h += down(SiLU(up(LN(h)))). */
function addBlock(block: string, params: DenoiserParameters, h: Float64Array): void {
  const up = dense(`${block}_up`, params, layerNorm(`${block}_norm`, params, h));
  applySilu(up);
  const down = dense(`${block}_down`, params, up);
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
