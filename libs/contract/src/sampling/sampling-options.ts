import {
  COMPATS,
  NOISE_VARIANCES,
  PREV_TIMESTEP_RULES,
  samplingOptions,
  TIMESTEP_SPACINGS,
  type SamplingDefaults,
  type SamplingOptions,
} from '#ddim';
import { z } from 'zod';
import type { SamplingRequest } from './sampling-request.js';
import type { TensorHolder } from '../tensors.js';

type RequestOptions = Omit<SamplingRequest, 'model' | 'metadata' | 'strength' | keyof TensorHolder<unknown>>;

/** Complete options as a job carries them; who admitted the job has judged them. */
export const CompleteSamplingOptions = z.strictObject({
  numInferenceSteps: z.int(),
  timestepSpacing: z.enum(TIMESTEP_SPACINGS),
  stepsOffset: z.int().optional(),
  startTimestep: z.int().optional(),
  prevTimestepRule: z.enum(PREV_TIMESTEP_RULES).optional(),
  compat: z.enum(COMPATS).optional(),
  eta: z.number(),
  noiseVariance: z.enum(NOISE_VARIANCES).optional(),
  clipSample: z.boolean(),
  clipSampleRange: z.number(),
  thresholding: z.strictObject({ ratio: z.number(), maxValue: z.number() }).nullable(),
  useClippedModelOutput: z.boolean(),
  guidanceScale: z.number(),
  guidanceRescale: z.number(),
} satisfies Record<Exclude<keyof SamplingOptions, 'pairs'>, z.ZodType>);

/**
 * The complete options of a request: its own where it says something, else the model's defaults as far as
 * they make sense beside them. compat 'none' turns the model's own off.
 */
export function resolveSamplingOptions(request: RequestOptions, defaults: SamplingDefaults): SamplingOptions {
  const given = {
    numInferenceSteps: request.numInferenceSteps,
    eta: request.eta,
    timestepSpacing: request.timestepSpacing,
    stepsOffset: request.stepsOffset,
    prevTimestepRule: request.prevTimestepRule,
    noiseVariance: request.noiseVariance,
    guidanceScale: request.guidanceScale,
    guidanceRescale: request.guidanceRescale,
    clipSample: request.clipSample,
    clipSampleRange: request.clipSampleRange,
    thresholding: request.thresholding,
    useClippedModelOutput: request.useClippedModelOutput,
    startTimestep: request.startTimestep,
  };
  return samplingOptions({ ...inherited(request, defaults), ...present(given) });
}

/**
 * What of the defaults applies. An encode takes neither noise nor limits of x0, which cannot be inverted, nor
 * Edifice's conventions; a path between two rows has no noise. An offset belongs to leading spacing. A
 * request that clips in its own way is not thresholded.
 */
function inherited(request: RequestOptions, defaults: SamplingDefaults): SamplingDefaults {
  const { mode } = request;
  const isEncode = mode === 'encode';
  const compat = request.compat ?? (isEncode ? 'none' : defaults.compat);
  const spacing = request.timestepSpacing ?? defaults.timestepSpacing;
  const clipsItself = request.clipSample !== undefined || request.clipSampleRange !== undefined;
  const withoutNoise = mode === 'sample' ? {} : { eta: 0 };
  const withoutLimits = isEncode ? { clipSample: false, useClippedModelOutput: false } : {};
  return {
    ...defaults,
    ...withoutNoise,
    ...withoutLimits,
    compat: compat === 'none' ? undefined : compat,
    stepsOffset: spacing === 'leading' ? defaults.stepsOffset : undefined,
    thresholding: isEncode || clipsItself ? null : defaults.thresholding,
  };
}

/** The fields that are not undefined. */
function present<Fields extends object>(fields: Fields): Partial<Fields> {
  const given: Partial<Fields> = {};
  for (const name in fields) if (fields[name] !== undefined) given[name] = fields[name];
  return given;
}
