import type { NoiseSchedule } from './schedule.js';
import type { TimestepOptions } from './timesteps.js';

export type PredictionType = 'epsilon' | 'sample' | 'v_prediction';

/** How F becomes x0. sigmaData, sigmaSkip: standard deviations in normalised action units. */
export interface OutputForm {
  readonly predictionType: PredictionType;
  readonly preconditioning: 'none' | 'edm';
  readonly sigmaData?: number;
  readonly sigmaSkip?: number;
}

/**
 * eta 0..1; clipSampleRange in normalised action units; guidanceScale 0..100, 1 = off; guidanceRescale 0..1;
 * compat 'edifice': stride pairs, final level ā_0, eta without noise.
 */
export interface SamplingOptions extends TimestepOptions {
  readonly eta: number;
  readonly noiseVariance?: 'ddim' | 'large';
  readonly clipSample: boolean;
  readonly clipSampleRange: number;
  readonly thresholding: { readonly ratio: number; readonly maxValue: number } | null;
  readonly useClippedModelOutput: boolean;
  readonly guidanceScale: number;
  readonly guidanceRescale: number;
  readonly compat?: 'edifice';
}

/** `encode` walks the plan upwards (DDIM inversion). */
export type Direction = 'sample' | 'encode';

/** Everything one row's run needs, as a value; rows with the same options share it. */
export interface StepPlan {
  /** [S] network labels. */
  readonly timesteps: Int32Array;
  /** [S,2] ā before and after each step. */
  readonly levels: Float64Array;
  /** [S,8] = a b c d e s lo hi; in a 'raw' plan every row is the raw-output row, which returns F itself. */
  readonly coefficients: Float32Array;
  /** [S] what multiplies z in each step, whatever the kind. */
  readonly noiseFactors: Float64Array;
  readonly needsNoise: boolean;
  /** 'raw': one step per backend call, then finishStep. */
  readonly kind: 'fused' | 'raw';
  readonly form: OutputForm;
  readonly options: SamplingOptions;
  /** Each as `code: text`; see parseWarning. */
  readonly warnings: readonly string[];
}

export function planSteps(
  schedule: NoiseSchedule,
  form: OutputForm,
  options: SamplingOptions,
  direction: Direction = 'sample',
): StepPlan {
  throw new Error(
    `unfinished: ${schedule.config.numTrainTimesteps} ${form.predictionType} ${options.eta} ${direction}`,
  );
}

/** Complete options: trailing spacing, eta 0, x0 clipped to +-1, no guidance, unless overridden. */
export function samplingOptions(
  overrides: Partial<SamplingOptions> & Pick<SamplingOptions, 'numInferenceSteps'>,
): SamplingOptions {
  return {
    timestepSpacing: 'trailing',
    eta: 0,
    clipSample: true,
    clipSampleRange: 1,
    thresholding: null,
    useClippedModelOutput: false,
    guidanceScale: 1,
    guidanceRescale: 0,
    ...overrides,
  };
}
