import { makeNoiseSchedule, type NoiseSchedule, type NoiseScheduleConfig } from '../src/math/schedule.js';
import { planSteps } from '../src/math/step-plan.js';
import { sample, type SampleRequest } from '../src/math/sampler.js';
import { samplingOptions, type SamplingOptions } from '../src/math/sampling-options.js';
import type { OutputForm } from '../src/math/output-form.js';
import type { Predict } from '../src/network/denoiser.js';

export const linear: NoiseScheduleConfig = {
  numTrainTimesteps: 1000,
  betaSchedule: 'linear',
  betaStart: 1e-4,
  betaEnd: 0.02,
  rescaleBetasZeroSnr: false,
  setAlphaToOne: true,
};
export const schedule = makeNoiseSchedule(linear);
export const epsilon: OutputForm = { predictionType: 'epsilon', preconditioning: 'none' };
export const open = (numInferenceSteps: number, overrides: Partial<SamplingOptions> = {}) =>
  samplingOptions({ numInferenceSteps, clipSample: false, ...overrides });
export const requestOf = (outputSize: number, overrides: Partial<SampleRequest> = {}): SampleRequest => ({
  seed: 1,
  rows: 1,
  outputSize,
  conditions: new Float32Array(0),
  ...overrides,
});

/** Mixture of two Gaussians at ±0.6 with deviation 0.15, element by element; its exact E[x0 | x]. */
export const mixtureX0 = (alphaBar: number, x: number): number => {
  const [A, variance] = [Math.sqrt(alphaBar), alphaBar * 0.15 ** 2 + 1 - alphaBar];
  const posterior = [-0.6, 0.6].map((mean) => ({
    weight: Math.exp(-((x - A * mean) ** 2) / (2 * variance)),
    mean: mean + ((A * 0.15 ** 2) / variance) * (x - A * mean),
  }));
  const total = posterior[0].weight + posterior[1].weight;
  return (posterior[0].weight * posterior[0].mean + posterior[1].weight * posterior[1].mean) / total;
};
/** The exact ε predictor of any distribution whose E[x0 | x] is known. */
export const exactEpsilon =
  (meanX0: (alphaBar: number, x: number) => number, { alphasCumprod }: NoiseSchedule): Predict =>
  (x, t) =>
    x.map((value) => {
      const alphaBar = alphasCumprod[t];
      return (value - Math.sqrt(alphaBar) * meanX0(alphaBar, value)) / Math.sqrt(1 - alphaBar);
    });
export const mixture = exactEpsilon(mixtureX0, schedule);
export const rms = (left: Float32Array, right: Float32Array) =>
  Math.sqrt(left.reduce((sum, value, i) => sum + (value - right[i]) ** 2, 0) / left.length);
/** 64 elements of the mixture after S deterministic steps. */
export const sampleMixture = (S: number) => sample(mixture, planSteps(schedule, epsilon, open(S)), requestOf(64));
