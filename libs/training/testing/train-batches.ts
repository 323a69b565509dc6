import {
  fillNormal,
  initialParameters,
  outputSize,
  type DenoiserParameters,
  type LossWeighting,
  type MlpDenoiserConfig,
} from '#ddim';
import type { TrainBatch, TrainState } from '#training';

/** Small, with every kind of layer. */
export const base: MlpDenoiserConfig = {
  obsSize: 3,
  actionDim: 2,
  actionHorizon: 3,
  hiddenSize: 8,
  numLayers: 2,
  numTrainTimesteps: 50,
  predictionType: 'epsilon',
  preconditioning: 'none',
};
/** Of a network with a skip output. */
export const skip = { predictionType: 'sample', preconditioning: 'edm', sigmaData: 0.5, sigmaSkip: 0.3 } as const;
export const B = 5;
export const adamBetas = [0.9, 0.99] as const;
export const adamEpsilon = 1e-3;

export function normals(size: number, row: number): Float32Array {
  const out = new Float32Array(size);
  fillNormal(out, { seed: 3, row, purpose: 128 }, 0);
  return out;
}

/** Parameters of which none is at a special value: biases, gammas and betas too. */
export function someParameters(config: MlpDenoiserConfig): DenoiserParameters {
  return new Map(
    Array.from(initialParameters(config, 9), ([name, values], i) => {
      const noise = normals(values.length, 10 + i);
      return [name, values.map((value, j) => value + 0.1 * noise[j])];
    }),
  );
}

export function freshState(parameters: DenoiserParameters): TrainState {
  const zeros = () => new Map(Array.from(parameters, ([name, values]) => [name, new Float32Array(values.length)]));
  return { parameters, firstMoments: zeros(), secondMoments: zeros(), ema: parameters };
}

export function batchOf(config: MlpDenoiserConfig, changes: Partial<TrainBatch> = {}): TrainBatch {
  const D = outputSize(config);
  return {
    numRows: B,
    actions: normals(B * D, 1).map((value) => value / 2),
    observations: normals(B * config.obsSize, 2),
    noise: normals(B * D, 3),
    timesteps: Int32Array.of(0, 7, 20, 33, 49),
    alphaBars: Float64Array.of(0.999, 0.9, 0.5, 0.2, 0.01),
    conditionKeep: new Float32Array(B).fill(1),
    optimiser: { update: 1, learningRate: 1e-3, weightDecay: 0.1, gradClipNorm: 0, emaDecay: 0 },
    ...changes,
  };
}

const dropped = { conditionKeep: Float32Array.of(1, 0, 1, 1, 0) };
const masked = { lossMask: Float32Array.from({ length: B * 6 }, (_, i) => Number(i % 3 !== 0)) };

/** Losses whose gradients a test compares: name, changes of `base`, weighting, changes of the batch. */
export const lossCases: ReadonlyArray<
  readonly [string, Partial<MlpDenoiserConfig>, LossWeighting, Partial<TrainBatch>]
> = [
  ['epsilon prediction', {}, 'none', {}],
  ['epsilon prediction with dropped conditions', {}, 'none', dropped],
  ['sample prediction', { predictionType: 'sample' }, 'none', {}],
  ['sample prediction with dropped conditions', { predictionType: 'sample' }, 'none', dropped],
  ['v prediction', { predictionType: 'v_prediction' }, 'none', {}],
  ['v prediction with dropped conditions', { predictionType: 'v_prediction' }, 'none', dropped],
  ['a skip output', skip, 'none', {}],
  ['a skip output with dropped conditions', skip, 'none', dropped],
  ['epsilon prediction, min_snr', {}, 'min_snr', {}],
  ['v prediction, min_snr, dropped conditions', { predictionType: 'v_prediction' }, 'min_snr', dropped],
  ['a loss mask', {}, 'none', masked],
  ['a loss mask beside min_snr', { predictionType: 'sample' }, 'min_snr', masked],
  ['an unconditional model', { obsSize: 0 }, 'none', {}],
];
