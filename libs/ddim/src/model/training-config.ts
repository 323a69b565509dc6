import type { SamplingDefaults } from './model-settings.js';
import type { NoiseScheduleConfig } from '../math/schedule.js';
import type {
  Compat,
  LossWeighting,
  LrSchedule,
  Preconditioning,
  PredictionType,
  TimestepSpacing,
} from '../vocabulary.js';

/** Everything that decides a training run, apart from its data. */
export interface TrainingConfig {
  readonly network: {
    readonly hiddenSize: number;
    readonly numLayers: number;
    readonly preconditioning: Preconditioning;
    /**
     * Standard deviation in normalised action units; absent: by the rank rule. For preconditioning `edm`
     * alone.
     */
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
    readonly compat?: Compat;
  };
  readonly actionHorizon: number;
  readonly actionDim: number;
  readonly obsSize: number;
  readonly training: TrainingHyperparameters;
}

/** Ends a run whose validation loss has not fallen by more than minDelta in so many validations in a row. */
interface EarlyStopping {
  readonly patience: number;
  readonly minDelta: number;
}

/**
 * Numbers of the optimisation. gradClipNorm 0 = no clipping; conditionDropout and validationFraction in [0,
 * 1).
 */
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
  /** Absent: the run ends after its steps. */
  readonly earlyStopping?: EarlyStopping | undefined;
  /** The model gets the averaged weights of the lowest validation loss, and else the last ones. */
  readonly keepBest?: boolean | undefined;
  /** A few rows are drawn with the averaged weights after every so many steps; absent: none. */
  readonly sampleEvery?: number | undefined;
  readonly seed: number;
}
