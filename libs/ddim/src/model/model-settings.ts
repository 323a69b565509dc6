import type { MlpDenoiserConfig } from '../network/denoiser.js';
import { InputError } from '../errors.js';
import { JsonFields } from './json-fields.js';
import { samplingOptions, type SamplingOptions } from '../math/sampling-options.js';
import type { NoiseScheduleConfig } from '../math/schedule.js';
import { BETA_SCHEDULES, COMPATS, PRECONDITIONINGS, PREDICTION_TYPES, TIMESTEP_SPACINGS } from '../vocabulary.js';

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

/** The defaults that a training or an import names; what it leaves out is as in samplingOptions. */
export function samplingDefaults(
  given: Partial<SamplingDefaults> & Pick<SamplingDefaults, 'numInferenceSteps'>,
): SamplingDefaults {
  const { numInferenceSteps, compat, stepsOffset } = given;
  const usual = samplingOptions({ numInferenceSteps });
  return {
    numInferenceSteps,
    timestepSpacing: given.timestepSpacing ?? usual.timestepSpacing,
    clipSample: given.clipSample ?? usual.clipSample,
    clipSampleRange: given.clipSampleRange ?? usual.clipSampleRange,
    ...(compat && { compat }),
    eta: given.eta ?? usual.eta,
    thresholding: given.thresholding ?? usual.thresholding,
    useClippedModelOutput: given.useClippedModelOutput ?? usual.useClippedModelOutput,
    ...(stepsOffset !== undefined && { stepsOffset }),
  };
}

/** The part of a model that is plain JSON. */
export interface ModelSettings {
  readonly config: MlpDenoiserConfig;
  readonly schedule: NoiseScheduleConfig;
  readonly sampling: SamplingDefaults;
  /** Probability with which training replaced the condition by the null condition; 0 = not guidable. */
  readonly conditionDropout: number;
}

/** Raised when an older reader would misread what is written. */
const FORMAT = 1;

/** JSON of the settings alone, whatever else the object carries. */
export function formatModelSettings(settings: ModelSettings): string {
  const { config, schedule, sampling, conditionDropout } = settings;
  return JSON.stringify({ format: FORMAT, config, schedule, sampling, conditionDropout });
}

/**
 * @throws InputError `unsupported_format` naming what is missing or of another type; ranges are checked
 * elsewhere
 */
export function parseModelSettings(text: string | undefined): ModelSettings {
  const root = JsonFields.parse(text, 'metadata.stride');
  const format = root.number('format');
  if (format !== FORMAT)
    throw new InputError('unsupported_format', `metadata.stride.format must be ${FORMAT}, got ${format}`);
  return {
    config: readConfig(root.fields('config')),
    schedule: readSchedule(root.fields('schedule')),
    sampling: readSampling(root.fields('sampling')),
    conditionDropout: root.number('conditionDropout'),
  };
}

function readConfig(fields: JsonFields): MlpDenoiserConfig {
  return {
    obsSize: fields.number('obsSize'),
    actionDim: fields.number('actionDim'),
    actionHorizon: fields.number('actionHorizon'),
    hiddenSize: fields.number('hiddenSize'),
    numLayers: fields.number('numLayers'),
    numTrainTimesteps: fields.number('numTrainTimesteps'),
    predictionType: fields.oneOf('predictionType', PREDICTION_TYPES),
    preconditioning: fields.oneOf('preconditioning', PRECONDITIONINGS),
    ...fields.ifPresent('sigmaData', (name) => ({ sigmaData: fields.number(name) })),
    ...fields.ifPresent('sigmaSkip', (name) => ({ sigmaSkip: fields.number(name) })),
  };
}

function readSchedule(fields: JsonFields): NoiseScheduleConfig {
  return {
    numTrainTimesteps: fields.number('numTrainTimesteps'),
    betaSchedule: fields.oneOf('betaSchedule', BETA_SCHEDULES),
    betaStart: fields.number('betaStart'),
    betaEnd: fields.number('betaEnd'),
    ...fields.ifPresent('trainedBetas', (name) => ({ trainedBetas: fields.numbers(name) })),
    rescaleBetasZeroSnr: fields.boolean('rescaleBetasZeroSnr'),
    setAlphaToOne: fields.boolean('setAlphaToOne'),
  };
}

function readSampling(fields: JsonFields): SamplingDefaults {
  return {
    numInferenceSteps: fields.number('numInferenceSteps'),
    timestepSpacing: fields.oneOf('timestepSpacing', TIMESTEP_SPACINGS),
    ...fields.ifPresent('stepsOffset', (name) => ({ stepsOffset: fields.number(name) })),
    eta: fields.number('eta'),
    clipSample: fields.boolean('clipSample'),
    clipSampleRange: fields.number('clipSampleRange'),
    thresholding: readThresholding(fields),
    useClippedModelOutput: fields.boolean('useClippedModelOutput'),
    ...fields.ifPresent('compat', (name) => ({ compat: fields.oneOf(name, COMPATS) })),
  };
}

function readThresholding(fields: JsonFields): SamplingDefaults['thresholding'] {
  if (!fields.has('thresholding') || fields.isNull('thresholding')) return null;
  const thresholding = fields.fields('thresholding');
  return { ratio: thresholding.number('ratio'), maxValue: thresholding.number('maxValue') };
}
