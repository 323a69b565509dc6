import type { LrSchedule } from './learning-rate.js';
import type { SamplingDefaults } from './model-settings.js';
import type { PredictionType } from './output-form.js';
import type { NoiseScheduleConfig } from './schedule.js';
import type { TimestepSpacing } from './timesteps.js';

/** Everything that decides a training run, apart from its data. */
export interface TrainingConfig {
  readonly network: {
    readonly hiddenSize: number;
    readonly numLayers: number;
    readonly preconditioning: 'none' | 'edm';
    /** Standard deviation in normalised action units; absent: by the rank rule. For preconditioning `edm` alone. */
    readonly sigmaSkip?: number;
  };
  /** What is no part of the noise schedule and of the output form becomes the model's sampling defaults. */
  readonly diffusion: NoiseScheduleConfig & {
    readonly predictionType: PredictionType;
    readonly clipSample: boolean;
    readonly clipSampleRange?: number;
    readonly timestepSpacing: TimestepSpacing;
    readonly stepsOffset?: number;
    readonly numInferenceSteps: number;
    readonly eta?: number;
    readonly thresholding?: SamplingDefaults['thresholding'];
    readonly useClippedModelOutput?: boolean;
    readonly compat?: 'edifice';
  };
  readonly actionHorizon: number;
  readonly actionDim: number;
  readonly obsSize: number;
  readonly training: TrainingHyperparameters;
}

/** Numbers of the optimisation. gradClipNorm 0 = no clipping; conditionDropout and validationFraction in [0, 1). */
export interface TrainingHyperparameters {
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly adamBetas: readonly [number, number];
  readonly adamEpsilon: number;
  readonly weightDecay: number;
  readonly warmupSteps: number;
  readonly lrSchedule: LrSchedule;
  readonly gradClipNorm: number;
  readonly emaPower: number;
  readonly emaMaxDecay: number;
  readonly conditionDropout: number;
  readonly lossWeighting: LossWeighting;
  readonly checkpointEverySteps: number;
  readonly logEverySteps: number;
  readonly validationFraction: number;
  readonly seed: number;
}

/** How the losses of a batch's rows count: all alike, or by Min-SNR-γ (arXiv:2303.09556). */
export type LossWeighting = 'none' | 'min_snr';
