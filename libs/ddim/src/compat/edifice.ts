import { checkInteger, checkLength } from '../checks.js';
import {
  encodeObservations,
  mlpPredict,
  outputSize as coreOutputSize,
  type DenoiserParameters,
  type MlpDenoiserConfig,
} from '../network/denoiser.js';
import { samplingOptions } from '../math/sampling-options.js';
import type { NoiseSchedule } from '../math/schedule.js';
import { finishStep } from '../math/step.js';
import { planSteps } from '../math/step-plan.js';
import { edificeTimesteps, type TimestepPair } from '../math/timesteps.js';

export interface BuildOptions {
  readonly obsSize: number;
  readonly actionDim: number;
  readonly actionHorizon?: number;
  readonly hiddenSize?: number;
  readonly numLayers?: number;
  readonly numSteps?: number;
}

/** noisyActions [N,horizon,dim], observations [N,obsSize]; all rows are at the same timestep. */
export interface Inputs {
  readonly noisyActions: Float32Array;
  readonly timestep: number;
  readonly observations: Float32Array;
}

/** Predicted noise [N,horizon,dim], a fresh array. */
export type PredictFn = (params: DenoiserParameters, inputs: Inputs) => Float32Array;

/** All arrays [numSteps], float32 throughout. */
export interface Schedule {
  readonly numSteps: number;
  readonly betas: Float32Array;
  readonly alphas: Float32Array;
  readonly alphasCumprod: Float32Array;
  readonly sqrtAlphasCumprod: Float32Array;
  readonly sqrtOneMinusAlphasCumprod: Float32Array;
}

/** An Edifice denoiser: its configuration, and the function that ddimSample takes. */
export interface EdificeModel {
  readonly config: MlpDenoiserConfig;
  readonly predictFn: PredictFn;
}

/**
 * `Edifice.Generative.DDIM.build/1`.
 * @throws InputError `validation_failed` for sizes that Edifice would turn into a broken network
 */
export function build(options: BuildOptions): EdificeModel {
  const { obsSize, actionDim, actionHorizon = 8, hiddenSize = 256, numLayers = 4, numSteps = 1000 } = options;
  checkInteger('obsSize', obsSize, 1, Infinity);
  checkInteger('actionDim', actionDim, 1, Infinity);
  checkInteger('actionHorizon', actionHorizon, 1, Infinity);
  checkInteger('hiddenSize / 2', hiddenSize / 2, 1, Infinity);
  checkInteger('numLayers', numLayers, 1, Infinity);
  checkInteger('numSteps', numSteps, 2, Infinity);
  const sizes = { obsSize, actionDim, actionHorizon, hiddenSize, numLayers, numTrainTimesteps: numSteps };
  const config: MlpDenoiserConfig = { ...sizes, predictionType: 'epsilon', preconditioning: 'none' };
  return { config, predictFn: (params, inputs) => predictRows(config, params, inputs) };
}

/**
 * `make_schedule/1`: linear betas; ā = exp of the running sum of log(alpha + 1e-10), float32 operation by
 * operation.
 */
export function makeSchedule(
  options: { readonly numSteps?: number; readonly betaStart?: number; readonly betaEnd?: number } = {},
): Schedule {
  const { numSteps = 1000, betaStart = 1e-4, betaEnd = 0.02 } = options;
  checkInteger('numSteps', numSteps, 2, Infinity);
  const { fround } = Math;
  const start = fround(betaStart);
  const increment = fround(fround(fround(betaEnd) - start) / (numSteps - 1));
  const betas = new Float32Array(numSteps).map((_, i) => fround(i * increment) + start);
  const alphas = betas.map((beta) => 1 - beta);
  let sum = 0;
  const alphasCumprod = alphas.map((alpha) => {
    sum = fround(sum + fround(Math.log(fround(alpha + fround(1e-10)))));
    return Math.exp(sum);
  });
  return {
    numSteps,
    betas,
    alphas,
    alphasCumprod,
    sqrtAlphasCumprod: alphasCumprod.map(Math.sqrt),
    sqrtOneMinusAlphasCumprod: alphasCumprod.map((alphaBar) => Math.sqrt(fround(1 - alphaBar))),
  };
}

/**
 * `ddim_step/6`: x at tPrev from xT at t, both [N,horizon,dim]. As in Edifice, x0 is clipped to +-1 and eta
 * only shrinks the direction; no noise is added.
 */
export function ddimStep(
  xT: Float32Array,
  predictedNoise: Float32Array,
  t: number,
  tPrev: number,
  schedule: Schedule,
  eta: number,
): Float32Array {
  checkLength('predictedNoise', predictedNoise.length, xT.length, 'as long as xT');
  return step(xT, predictedNoise, { pair: { timestep: t, prevTimestep: tPrev }, schedule, eta });
}

/**
 * `ddim_sample/5`: actions [N,horizon,dim] from initialNoise of that shape. Edifice's stride gives ceil(T /
 * stride) steps, which is not always ddimSteps, and ends at ā_0.
 */
export function ddimSample(
  params: DenoiserParameters,
  predictFn: PredictFn,
  observations: Float32Array,
  initialNoise: Float32Array,
  options: { readonly schedule: Schedule; readonly ddimSteps?: number; readonly eta?: number },
): Float32Array {
  const { schedule, ddimSteps = 50, eta = 0 } = options;
  checkInteger('ddimSteps', ddimSteps, 1, Infinity);
  let x = initialNoise;
  for (const pair of edificeTimesteps(schedule.numSteps, ddimSteps)) {
    const predictedNoise = predictFn(params, { noisyActions: x, timestep: pair.timestep, observations });
    x = step(x, predictedNoise, { pair, schedule, eta });
  }
  return x;
}

/** `output_size/1`. */
export function outputSize(options: { readonly actionDim?: number; readonly actionHorizon?: number } = {}): number {
  return coreOutputSize({ actionDim: 64, actionHorizon: 8, ...options });
}

/** `param_count/1`: Edifice's approximate count, without biases and layer norms. */
export function paramCount(options: Partial<BuildOptions> = {}): number {
  const { obsSize = 287, actionDim = 64, actionHorizon = 8, hiddenSize: H = 256, numLayers = 4 } = options;
  const D = actionHorizon * actionDim;
  return (D + 2 * H) * H + numLayers * 8 * H ** 2 + H * D + obsSize * H;
}

/** `recommended_defaults/0`. */
export function recommendedDefaults() {
  return {
    actionDim: 64,
    actionHorizon: 8,
    hiddenSize: 256,
    numLayers: 4,
    numSteps: 1000,
    ddimSteps: 50,
    eta: 0,
  } as const;
}

function step(
  x: Float32Array,
  F: Float32Array,
  { pair, schedule, eta }: { pair: TimestepPair; schedule: Schedule; eta: number },
): Float32Array {
  const options = samplingOptions({ numInferenceSteps: 1, pairs: [pair], eta, compat: 'edifice' });
  const plan = planSteps(coreSchedule(schedule), { predictionType: 'epsilon', preconditioning: 'none' }, options);
  const out = new Float32Array(x.length);
  finishStep(plan, 0, x, F, null, null, out);
  return out;
}

function coreSchedule(schedule: Schedule): NoiseSchedule {
  const alphasCumprod = Float64Array.from(schedule.alphasCumprod);
  const betas = Float64Array.from(schedule.betas);
  return {
    config: {
      numTrainTimesteps: schedule.numSteps,
      betaSchedule: 'linear',
      betaStart: betas[0],
      betaEnd: betas[betas.length - 1],
      rescaleBetasZeroSnr: false,
      setAlphaToOne: false,
    },
    betas,
    alphasCumprod,
    finalAlphaCumprod: alphasCumprod[0],
  };
}

function predictRows(config: MlpDenoiserConfig, params: DenoiserParameters, inputs: Inputs): Float32Array {
  const { noisyActions, timestep, observations } = inputs;
  checkInteger('timestep', timestep, 0, config.numTrainTimesteps - 1);
  const D = coreOutputSize(config);
  const H = config.hiddenSize;
  const conditions = encodeObservations(config, params, observations);
  const rows = conditions.length / H;
  checkLength('noisyActions', noisyActions.length, rows * D, `[${rows},${config.actionHorizon},${config.actionDim}]`);
  const predict = mlpPredict(config, params);
  const out = new Float32Array(noisyActions.length);
  for (let row = 0; row < rows; row++) {
    const x = noisyActions.subarray(row * D, (row + 1) * D);
    out.set(predict(x, timestep, conditions.subarray(row * H, (row + 1) * H)), row * D);
  }
  return out;
}
