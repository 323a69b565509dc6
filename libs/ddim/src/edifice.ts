import type { DenoiserParameters, MlpDenoiserConfig } from './denoiser.js';

export interface EdificeBuildOptions {
  readonly obsSize: number;
  readonly actionDim: number;
  readonly actionHorizon?: number;
  readonly hiddenSize?: number;
  readonly numLayers?: number;
  readonly numSteps?: number;
}

/** noisyActions [N,horizon,dim], observations [N,obsSize]; every row is at the same timestep. */
export interface EdificeInputs {
  readonly noisyActions: Float32Array;
  readonly timestep: number;
  readonly observations: Float32Array;
}

/** Predicted noise [N,horizon,dim]. */
export type EdificePredict = (params: DenoiserParameters, inputs: EdificeInputs) => Float32Array;

/** All arrays [numSteps], float32 throughout. */
export interface EdificeSchedule {
  readonly numSteps: number;
  readonly betas: Float32Array;
  readonly alphas: Float32Array;
  readonly alphasCumprod: Float32Array;
  readonly sqrtAlphasCumprod: Float32Array;
  readonly sqrtOneMinusAlphasCumprod: Float32Array;
}

/** The denoising network: its configuration and its prediction function. */
export function build(options: EdificeBuildOptions): { config: MlpDenoiserConfig; predict: EdificePredict } {
  throw new Error(`unfinished: ${options.obsSize}`);
}
