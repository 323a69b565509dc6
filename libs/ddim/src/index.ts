export {
  assertNever,
  BackendError,
  CancelledError,
  DdimError,
  EngineError,
  InputError,
  ModelLoadError,
  OutOfMemoryError,
  type CancelReason,
} from './errors.js';
export * from './vocabulary.js';
export { formatWarning, parseWarning, type Warning } from './warning.js';
export { makeNoiseSchedule, usesBetaEnds, type NoiseSchedule, type NoiseScheduleConfig } from './schedule.js';
export {
  FINAL_TIMESTEP,
  selectTimesteps,
  startTimestepForStrength,
  type TimestepOptions,
  type TimestepPair,
} from './timesteps.js';
export type { OutputForm } from './output-form.js';
export { planSteps, type StepPlan } from './step-plan.js';
export { checkSamplingOptions, samplingOptions, type SamplingOptions } from './sampling-options.js';
export { applyStep, finishStep, predictX0 } from './step.js';
export { fixedActionLevels, writeFixedActions } from './fixed-actions.js';
export { shiftActions, type WarmStart } from './warm-start.js';
export { combineGuidance } from './guidance.js';
export { fillWords, integerBelow, permutation, philox4x32, PURPOSES, uniform, type StreamId } from './rng.js';
export { fillNormal } from './noise.js';
export {
  checkParameters,
  encodeObservations,
  initialParameters,
  mlpPredict,
  outputSize,
  paramCount,
  parameterShapes,
  timeTable,
  type DenoiserConfig,
  type DenoiserParameters,
  type MlpDenoiserConfig,
  type Predict,
} from './denoiser.js';
export { defaultSigmaSkip, validateModel } from './model-validation.js';
export { encode, sample, type SampleRequest } from './sampler.js';
export { int8Deviation, MAX_INT8_RELATIVE_RMS, type Int8Deviation, type Int8Report } from './int8-report.js';
export { interpolateNoise, slerp } from './slerp.js';
export {
  denormalize,
  epsilonOf,
  fitNormalizer,
  isConstant,
  normalize,
  normalizerLimits,
  type AffineNormalizer,
  type Normalizer,
  type Numbers,
  type RangeNormalizer,
} from './normalizer.js';
export { clippedRangeWarnings } from './clipped-range.js';
export { minSnrWeight, targetWeights, trainingTarget } from './training-target.js';
export { learningRateFactor } from './learning-rate.js';
export { emaDecay, type EmaOptions } from './ema.js';
export type { TrainingConfig, TrainingHyperparameters } from './training-config.js';
export { presets, type Preset } from './presets.js';
export { inheritShape, shapeDifference } from './same-shape.js';
export { checkImportedModel, type ImportedModel, type ImportedModelSettings } from './imported-model.js';
export {
  isGuidable,
  modelFromTensors,
  modelToTensors,
  planForModel,
  samplingDefaults,
  type DdimModel,
  type ModelSettings,
  type PlannableModel,
  type SamplingDefaults,
} from './model.js';
export type { NamedTensor } from './named-tensor.js';
export * as edifice from './edifice.js';
export * from './engine/index.js';
export * from './training/index.js';
