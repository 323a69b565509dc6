export {
  assertNever,
  BackendError,
  CancelledError,
  DdimError,
  DeviceLostError,
  EngineError,
  InputError,
  ModelLoadError,
  OutOfMemoryError,
  type InterruptReason,
} from './errors.js';
export {
  BETA_SCHEDULES,
  CHUNKING_SCHEDULES,
  COMPATS,
  LOSS_WEIGHTINGS,
  LR_SCHEDULES,
  NOISE_VARIANCES,
  PRECISIONS,
  PRECONDITIONINGS,
  PREDICTION_TYPES,
  PRESET_NAMES,
  PREV_TIMESTEP_RULES,
  PRIORITIES,
  RANGES,
  SAMPLING_LIMITS,
  SAMPLING_MODES,
  TIMESTEP_SPACINGS,
  type Direction,
  type LossWeighting,
  type Precision,
  type Priority,
  type Range,
  type RoundedPrecision,
  type SamplingMode,
  type TimestepSpacing,
} from './vocabulary.js';
export { formatWarning, parseWarning, type Warning } from './warning.js';
export { makeNoiseSchedule, usesBetaEnds, type NoiseSchedule, type NoiseScheduleConfig } from './math/schedule.js';
export { startTimestepForStrength } from './math/timesteps.js';
export type { StepPlan } from './math/step-plan.js';
export { samplingOptions, type SamplingOptions } from './math/sampling-options.js';
export { finishStep, predictX0 } from './math/step.js';
export { fixedActionLevels, writeFixedActions } from './math/fixed-actions.js';
export { shiftActions } from './math/previous-actions.js';
export { chunkingPull, chunkingWeights, pullTowardsChunk, resolveChunking } from './math/real-time-chunking.js';
export { fillWords, integerBelow, permutation, PURPOSES, streamKey, uniform } from './random/rng.js';
export { fillNormal } from './random/noise.js';
export {
  checkParameters,
  encodeObservations,
  initialParameters,
  mlpPredict,
  outputSize,
  paramCount,
  parameterShapes,
  timeEmbedding,
  timeTable,
  type DenoiserConfig,
  type DenoiserParameters,
  type MlpDenoiserConfig,
  type Predict,
} from './network/denoiser.js';
export { defaultSigmaSkip, validateModel } from './network/model-validation.js';
export { sample } from './math/sampler.js';
export {
  precisionDeviation,
  MAX_RELATIVE_RMS,
  type PrecisionReport,
  type PrecisionReports,
} from './network/precision-report.js';
export { interpolateNoise } from './math/slerp.js';
export {
  denormalize,
  epsilonOf,
  fitNormalizer,
  isConstant,
  normalize,
  normalizerSize,
  type AffineNormalizer,
  type Normalizer,
  type Numbers,
} from './math/normalizer.js';
export { clippedRangeWarnings } from './math/clipped-range.js';
export { LOSS_WEIGHTS, targetWeights } from './math/training-target.js';
export { learningRateFactor } from './network/learning-rate.js';
export { emaDecay } from './network/ema.js';
export type { TrainingConfig, TrainingHyperparameters } from './model/training-config.js';
export { presets } from './model/presets.js';
export { inheritShape, shapeDifference } from './model/same-shape.js';
export { checkImportedModel, type ImportedModel, type ImportedModelSettings } from './model/imported-model.js';
export {
  admittedPlan,
  isGuidable,
  modelFromTensors,
  modelToTensors,
  planForModel,
  type DdimModel,
} from './model/model.js';
export { samplingDefaults, type SamplingDefaults } from './model/model-settings.js';
export type { NamedTensor } from './model/named-tensor.js';
export { check, checkInteger, checkLength, checkPositive, checkWithin } from './checks.js';
export { COEFFICIENTS_PER_STEP, IDLE_ROW, PLACES, RAW_OUTPUT_ROW } from './math/coefficients.js';
export { checkRowArrays, copyRowArrays, countRowNumbers, type RowArrays } from './math/row-arrays.js';
export { JsonFields } from './model/json-fields.js';
export { normalizerFromTensors, normalizerTensors } from './model/normalizer-tensors.js';
export { bf16Predict, roundToBf16 } from './network/bf16.js';
export { ACTIVATION_LEVELS, int8Predict, quantizeColumns, SMALLEST_SPREAD } from './network/int8.js';
export { KernelBuilder, makeWasmMemory, type WasmMemory } from './random/kernels/wasm-kernel.js';
export { f32x4, v128 } from './random/kernels/wasm-vectors.js';
