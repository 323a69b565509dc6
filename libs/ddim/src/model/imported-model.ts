import { check, checkInteger, checkLength } from '../checks.js';
import { outputSize, type DenoiserConfig } from '../network/denoiser.js';
import { InputError } from '../errors.js';
import type { SamplingDefaults } from './model-settings.js';
import type { AffineNormalizer } from '../math/normalizer.js';
import { checkSamplingOptions, samplingOptions } from '../math/sampling-options.js';
import { makeNoiseSchedule, type NoiseScheduleConfig } from '../math/schedule.js';
import { planSteps } from '../math/step-plan.js';
import { RANGES } from '../vocabulary.js';

/** What must be known of a denoiser that somebody else made; the file itself knows none of it. */
export interface ImportedModelSettings {
  readonly config: DenoiserConfig;
  readonly schedule: NoiseScheduleConfig;
  readonly sampling: SamplingDefaults;
  /** [obsSize], normalised: the condition that stands for none; absent: the model cannot be guided. */
  readonly nullCondition?: readonly number[] | undefined;
  /** [obsSize] and [actionDim]. */
  readonly observationNormalizer: AffineNormalizer;
  readonly actionNormalizer: AffineNormalizer;
}

/** A denoiser that somebody else made, as an ONNX file. */
export interface ImportedModel extends ImportedModelSettings {
  readonly file: Uint8Array;
}

/**
 * Asks whether the settings fit together; a file is not looked at.
 * @throws InputError `validation_failed`, `shape_mismatch`, `non_finite_input` or `epsilon_at_zero_snr`,
 * naming the field
 */
export function checkImportedModel(settings: ImportedModelSettings): void {
  const { config, schedule, sampling, nullCondition, observationNormalizer, actionNormalizer } = settings;
  const { obsSize, actionHorizon, actionDim, numTrainTimesteps } = config;
  checkInteger('obsSize', obsSize, 0, RANGES.obsSize.max);
  checkInteger('actionHorizon', actionHorizon, 1, RANGES.outputSize.max);
  checkInteger('actionDim', actionDim, 1, RANGES.outputSize.max);
  const D = outputSize(config);
  check(
    D <= RANGES.outputSize.max,
    'actionHorizon',
    `${D} numbers per row`,
    `at most ${RANGES.outputSize.max} with actionDim`,
  );
  check(
    numTrainTimesteps === schedule.numTrainTimesteps,
    'numTrainTimesteps',
    numTrainTimesteps,
    `the schedule's ${schedule.numTrainTimesteps}`,
  );
  const options = samplingOptions(sampling);
  checkSamplingOptions(options, numTrainTimesteps);
  planSteps(makeNoiseSchedule(schedule), config, options);
  checkNormalizer('observationNormalizer', observationNormalizer, obsSize);
  checkNormalizer('actionNormalizer', actionNormalizer, actionDim);
  if (nullCondition === undefined) return;
  check(obsSize > 0, 'nullCondition', 'one', 'absent when obsSize is 0');
  checkLength('nullCondition', nullCondition.length, obsSize, '[obsSize]');
  checkFinite('nullCondition', nullCondition);
}

function checkNormalizer(field: string, { scale, offset }: AffineNormalizer, size: number): void {
  checkLength(`${field}.scale`, scale.length, size, `[${size}]`);
  checkLength(`${field}.offset`, offset.length, size, `[${size}]`);
  checkFinite(`${field}.scale`, scale);
  checkFinite(`${field}.offset`, offset);
  check(!scale.includes(0), `${field}.scale`, 0, 'numbers other than 0');
}

function checkFinite(field: string, values: ArrayLike<number>): void {
  const at = Array.from(values).findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (at >= 0)
    throw new InputError('non_finite_input', `${field}[${at}] must be a finite float32 number, got ${values[at]}`, {
      field,
    });
}
