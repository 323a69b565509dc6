import type { DenoiserParameters, MlpDenoiserConfig } from './denoiser.js';
import type { Normalizer } from './normalizer.js';
import type { NoiseScheduleConfig } from './schedule.js';
import type { Direction, SamplingOptions, StepPlan } from './step-plan.js';

/** What a sampling request gets from the model when it says nothing itself. */
export type SamplingDefaults = Pick<
  SamplingOptions,
  | 'numInferenceSteps'
  | 'timestepSpacing'
  | 'stepsOffset'
  | 'eta'
  | 'clipSample'
  | 'clipSampleRange'
  | 'thresholding'
  | 'useClippedModelOutput'
  | 'compat'
>;

/** A trained model: everything that sampling needs, arrays included. */
export interface DdimModel {
  readonly config: MlpDenoiserConfig;
  readonly schedule: NoiseScheduleConfig;
  readonly sampling: SamplingDefaults;
  readonly observationNormalizer: Normalizer;
  readonly actionNormalizer: Normalizer;
  /** Probability with which training replaced the condition by the null condition; 0 = not guidable. */
  readonly conditionDropout: number;
  readonly parameters: DenoiserParameters;
}

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The arrays of a model by name, and the rest as JSON in `metadata.stride`. */
export function modelToTensors(model: DdimModel): { tensors: NamedTensor[]; metadata: Record<string, string> } {
  throw new Error(`unfinished: ${model.conditionDropout}`);
}

/** The inverse of modelToTensors. @throws InputError naming the tensor or field */
export function modelFromTensors(tensors: readonly NamedTensor[], metadata: Record<string, string>): DdimModel {
  throw new Error(`unfinished: ${tensors.length} ${Object.keys(metadata).length}`);
}

/**
 * The plan of a sampling request to a model, or the InputError that says why the model cannot run it;
 * asked at submission and again where the plan is executed, so both refuse the same requests.
 */
export function planForModel(
  model: Pick<DdimModel, 'config' | 'schedule' | 'conditionDropout'>,
  options: SamplingOptions,
  direction: Direction = 'sample',
): StepPlan {
  throw new Error(`unfinished: ${model.conditionDropout} ${options.eta} ${direction}`);
}
