import type { NoiseScheduleConfig } from './schedule.js';
import type { OutputForm } from './step-plan.js';

export interface MlpDenoiserConfig extends OutputForm {
  readonly obsSize: number;
  readonly actionDim: number;
  readonly actionHorizon: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly numTrainTimesteps: number;
}

/** Arrays by parameter name, row-major, shapes as in parameterShapes. */
export type DenoiserParameters = ReadonlyMap<string, Float32Array>;

/** F [D] for one row: the reference network, or any function of that shape. */
export type Predict = (x: Float32Array, timestep: number, condition: Float32Array) => Float32Array;

export function parameterShapes(
  config: MlpDenoiserConfig,
): ReadonlyArray<{ readonly name: string; readonly shape: readonly number[] }> {
  throw new Error(`unfinished: ${config.hiddenSize}`);
}

/** D = actionHorizon * actionDim. */
export function outputSize(config: Pick<MlpDenoiserConfig, 'actionDim' | 'actionHorizon'>): number {
  return config.actionHorizon * config.actionDim;
}

/** Exact number of parameters. */
export function paramCount(config: MlpDenoiserConfig): number {
  throw new Error(`unfinished: ${config.hiddenSize}`);
}

/** Fresh parameters: Glorot-uniform kernels, zero biases, gamma 1, beta 0; a function of the seed alone. */
export function initialParameters(config: MlpDenoiserConfig, seed: number): DenoiserParameters {
  throw new Error(`unfinished: ${config.hiddenSize} ${seed}`);
}

/** What is wrong and what is probably not meant; warnings as `code: text`. */
export function validateModel(
  config: MlpDenoiserConfig,
  schedule: NoiseScheduleConfig,
): { errors: string[]; warnings: string[] } {
  throw new Error(`unfinished: ${config.hiddenSize} ${schedule.numTrainTimesteps}`);
}

/** The time part of the first layer, [T,H]. */
export function timeTable(config: MlpDenoiserConfig, params: DenoiserParameters): Float32Array {
  throw new Error(`unfinished: ${config.hiddenSize} ${params.size}`);
}

/** Conditions [N,H] of observations [N,obsSize], normalised; null gives the null condition, N = 1. */
export function encodeObservations(
  config: MlpDenoiserConfig,
  params: DenoiserParameters,
  observations: Float32Array | null,
): Float32Array {
  throw new Error(`unfinished: ${config.hiddenSize} ${params.size} ${observations?.length}`);
}

/** The reference network of these parameters; float64 inside, a fresh array per call. */
export function mlpPredict(config: MlpDenoiserConfig, params: DenoiserParameters): Predict {
  throw new Error(`unfinished: ${config.hiddenSize} ${params.size}`);
}

/** The sigmaSkip a skip output gets unless told otherwise: sigmaData when H >= D, else 0.05. */
export function defaultSigmaSkip(
  config: Pick<MlpDenoiserConfig, 'actionDim' | 'actionHorizon' | 'hiddenSize'>,
  sigmaData: number,
): number {
  return config.hiddenSize >= outputSize(config) ? sigmaData : 0.05;
}
