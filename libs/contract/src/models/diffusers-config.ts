import { BETA_SCHEDULES, usesBetaEnds, type TimestepSpacing } from '#ddim';
import { z } from 'zod';

/** Whose numbers mean the same here: DDPM trains as DDIM does, and only samples otherwise. */
const SCHEDULERS = ['DDIMScheduler', 'DDPMScheduler'] as const;
/** With a learned variance the network has two outputs. */
const VARIANCE_TYPES = ['fixed_small', 'fixed_small_log', 'fixed_large', 'fixed_large_log'] as const;

const SPACINGS = ['leading', 'trailing', 'linspace'] as const satisfies readonly TimestepSpacing[];

/**
 * The fields of diffusers' DDIMScheduler and DDPMScheduler, with the defaults that they have there; each is
 * checked again as one of ours.
 */
const SchedulerConfig = z.strictObject({
  _class_name: z.enum(SCHEDULERS),
  _diffusers_version: z.unknown().optional(),
  num_train_timesteps: z.unknown().default(1_000),
  beta_start: z.unknown().default(1e-4),
  beta_end: z.unknown().default(0.02),
  beta_schedule: z.enum(BETA_SCHEDULES).default('linear'),
  trained_betas: z.unknown().default(null),
  prediction_type: z.unknown().default('epsilon'),
  clip_sample: z.unknown().default(true),
  clip_sample_range: z.unknown().default(1),
  thresholding: z.boolean().default(false),
  dynamic_thresholding_ratio: z.unknown().default(0.995),
  sample_max_value: z.unknown().default(1),
  timestep_spacing: z.enum(SPACINGS).default('leading'),
  steps_offset: z.unknown().default(0),
  set_alpha_to_one: z.unknown().default(true),
  rescale_betas_zero_snr: z.unknown().default(false),
  variance_type: z.enum(VARIANCE_TYPES).optional(),
});

/**
 * The `diffusion` of an import that is the `scheduler_config.json` of a diffusers pipeline, in our words;
 * anything else as it is. What of it cannot be had here is an issue that names the field.
 */
export function fromDiffusers(value: unknown, context: z.RefinementCtx): unknown {
  if (!isSchedulerConfig(value)) return value;
  const parsed = SchedulerConfig.safeParse(value);
  if (!parsed.success) {
    for (const { path, message, ...issue } of parsed.error.issues) {
      const unknown = issue.code === 'unrecognized_keys' ? issue.keys : undefined;
      for (const key of unknown ?? [undefined])
        context.addIssue({ code: 'custom', path: [...path, ...(key === undefined ? [] : [key])], message });
    }
    return z.NEVER;
  }
  const config = parsed.data;
  const hasEnds = config.trained_betas === null && usesBetaEnds({ betaSchedule: config.beta_schedule });
  return {
    numTrainTimesteps: config.num_train_timesteps,
    betaSchedule: config.beta_schedule,
    // What diffusers writes down and does not use is left out, as it would be a contradiction in a request.
    ...(hasEnds ? { betaStart: config.beta_start, betaEnd: config.beta_end } : {}),
    ...(config.trained_betas === null ? {} : { trainedBetas: config.trained_betas }),
    predictionType: config.prediction_type,
    clipSample: config.clip_sample,
    ...(config.clip_sample === false ? {} : { clipSampleRange: config.clip_sample_range }),
    ...(config.thresholding
      ? { thresholding: { ratio: config.dynamic_thresholding_ratio, maxValue: config.sample_max_value } }
      : {}),
    timestepSpacing: config.timestep_spacing,
    ...(config.timestep_spacing === 'leading' ? { stepsOffset: config.steps_offset } : {}),
    setAlphaToOne: config.set_alpha_to_one,
    rescaleBetasZeroSnr: config.rescale_betas_zero_snr,
  };
}

/** diffusers writes its class down, and words with underscores, of which we have none. */
function isSchedulerConfig(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).some((key) => key.includes('_'));
}
