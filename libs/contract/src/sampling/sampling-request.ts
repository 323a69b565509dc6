import {
  COMPATS,
  NOISE_VARIANCES,
  PRECISIONS,
  PREV_TIMESTEP_RULES,
  RANGES,
  SAMPLING_LIMITS,
  SAMPLING_MODES,
  TIMESTEP_SPACINGS,
  type SamplingMode,
  PRIORITIES,
} from '#ddim';
import { z } from 'zod';
import { Metadata } from '../metadata.js';
import { ModelReference } from '../names.js';
import { integer, number } from '../ranges.js';
import { rowsIn, TENSOR_FIELDS, TENSORS, tensorsOf, type TensorHolder } from '../tensors.js';
import { Webhook } from '../webhooks/webhook.js';

/** Dynamic thresholding: the `ratio` quantile of |x0|, at most `maxValue`. */
export const Thresholding = z
  .strictObject({
    ratio: number(RANGES.thresholdingRatio).describe('Quantile of |x0| of a row that becomes its bound'),
    maxValue: z.number().gt(0).describe('Largest bound, in normalised action units'),
  })
  .meta({ id: 'Thresholding' });

/** Limits of the sampling options; absent options take the model's own defaults. */
const options = {
  numInferenceSteps: integer(RANGES.numInferenceSteps)
    .optional()
    .describe("Denoising steps per row, at most numTrainTimesteps of the model. Default: the model's"),
  eta: number(RANGES.eta)
    .optional()
    .describe(
      "Noise that each step adds: 0 is deterministic DDIM, 1 is DDPM (with useClippedModelOutput). Default: the model's",
    ),
  timestepSpacing: z
    .enum(TIMESTEP_SPACINGS)
    .optional()
    .describe("How the timesteps are picked, as in diffusers. Default: the model's"),
  stepsOffset: integer(RANGES.stepsOffset)
    .optional()
    .describe("Added to every timestep of spacing leading. Default: the model's"),
  prevTimestepRule: z
    .enum(PREV_TIMESTEP_RULES)
    .optional()
    .describe(
      'What comes before a timestep: the next of the list, or the timestep minus the stride as in diffusers. Default: list',
    ),
  compat: z
    .enum([...COMPATS, 'none'])
    .optional()
    .describe("edifice reproduces Edifice's sampler bit for bit. Default: the model's"),
  noiseVariance: z
    .enum(NOISE_VARIANCES)
    .optional()
    .describe('Variance of the added noise: that of DDIM, or beta as in DDPM with large variance. Default: ddim'),
  guidanceScale: number(RANGES.guidanceScale)
    .optional()
    .describe('Classifier-free guidance; 1 is none. Needs a guidable model. Default: 1'),
  guidanceRescale: number(RANGES.guidanceRescale)
    .optional()
    .describe('Share of the rescaling that keeps guided predictions at their unguided spread. Default: 0'),
  clipSample: z.boolean().optional().describe("Whether the predicted x0 is clipped. Default: the model's"),
  clipSampleRange: number(RANGES.clipSampleRange)
    .optional()
    .describe("Bound of the clipped x0, in normalised action units. Default: the model's"),
  thresholding: Thresholding.optional().describe(
    "Dynamic thresholding of the predicted x0 instead of clipping. Default: the model's",
  ),
  useClippedModelOutput: z
    .boolean()
    .optional()
    .describe("Whether the noise is derived again from the clipped x0. Default: the model's"),
  startTimestep: integer(RANGES.startTimestep)
    .optional()
    .describe('Timestep to start at, with initialActions or warmStart. Default: the last one'),
  strength: number(RANGES.strength)
    .optional()
    .describe('How much of initialActions or warmStart is drawn anew, in place of startTimestep; 1 is all'),
};

const { observations, ...tensorsOfActions } = TENSOR_FIELDS;

/** Body of `POST /v1/sampling-jobs`. */
export const SamplingRequest = z
  .strictObject({
    model: ModelReference.describe('Model: its newest version (robot), a version (robot@3) or an alias (robot@stable)'),
    observations,
    samplesPerObservation: z
      .int()
      .min(1)
      .default(1)
      .meta({
        description:
          `Rows per observation. A job has at most ${SAMPLING_LIMITS.rows} rows, ${SAMPLING_LIMITS.rowSteps} rows x steps, ` +
          `and ${SAMPLING_LIMITS.bytes} bytes of rows and inputs: 4 (rows (3 horizon dim + condition) + numbers of all tensors)`,
      }),
    ...options,
    seed: integer(RANGES.seed)
      .optional()
      .describe("Seed of all noise: same request, same bytes. Default: derived from the job's id"),
    ...tensorsOfActions,
    mode: z
      .enum(SAMPLING_MODES)
      .default('sample')
      .describe(
        'sample: noise to actions; encode: actions to noise; interpolate: actions along the path between two noises',
      ),
    precision: z
      .enum(PRECISIONS)
      .default('float32')
      .describe('Arithmetic; int8 (on CPUs) and bf16 (on CUDA) are faster where the model offers them'),
    priority: z.enum(PRIORITIES).default('normal').describe('Class of the job: interactive before normal before bulk'),
    deadlineMs: integer(RANGES.deadlineMs)
      .optional()
      .describe('Milliseconds from acceptance after which the job fails. Default: none'),
    supersedeKey: z
      .string()
      .min(1)
      .max(128)
      .optional()
      .describe('A newer job with the same key and model cancels this one. Default: none'),
    previewEvery: integer(RANGES.previewEvery)
      .optional()
      .describe('Sends a preview event every so many steps. Default: none'),
    webhook: Webhook.optional().describe('What is called when the job has ended. Default: nothing'),
    metadata: Metadata.default({}).describe("The client's own labels, given back with the job"),
  })
  .superRefine(checkMode)
  .meta({
    id: 'SamplingRequest',
    examples: [
      { model: 'robot', observations: [[0.1, -0.4, 0.7]], samplesPerObservation: 4, numInferenceSteps: 10, seed: 7 },
    ],
  });
export type SamplingRequest = z.output<typeof SamplingRequest>;

interface ModeFields extends TensorHolder<unknown> {
  readonly mode: SamplingMode;
  readonly startTimestep?: number;
  readonly strength?: number;
  readonly samplesPerObservation: number;
}

type Refuse = (path: string, message: string) => void;

/** Refuses fields that contradict the mode or each other, each at its own path. */
function checkMode(request: ModeFields, context: z.RefinementCtx): void {
  const refuse: Refuse = (path, message) => context.addIssue({ code: 'custom', path: [path], message });
  const { mode } = request;
  if (mode === 'sample') checkStart(request, refuse);
  else
    for (const field of ['startTimestep', 'strength'] as const)
      if (request[field] !== undefined) refuse(field, `has no meaning in mode ${mode}`);
  const given = tensorsOf(request);
  for (const { path, rows } of TENSORS)
    if (given[path] !== undefined && rowsIn(mode, rows) === undefined)
      refuse(path.split('.')[0], `has no meaning in mode ${mode}`);
  if (mode === 'encode' && request.initialActions === undefined)
    refuse('initialActions', 'required in mode encode: the actions to invert');
  if (mode === 'interpolate' && request.samplesPerObservation < 2)
    refuse(
      'samplesPerObservation',
      `at least 2 in mode interpolate: the number of points, got ${request.samplesPerObservation}`,
    );
}

/** A start in the middle says what it starts from and with how much noise, each in one way. */
function checkStart({ startTimestep, strength, initialActions, warmStart }: ModeFields, refuse: Refuse): void {
  if (startTimestep !== undefined && strength !== undefined)
    refuse(
      'strength',
      `contradicts startTimestep: give one of them, got strength ${strength} and startTimestep ${startTimestep}`,
    );
  if (initialActions !== undefined && warmStart !== undefined)
    refuse('warmStart', 'contradicts initialActions: give one of them to start from');
  const level = startTimestep === undefined ? 'strength' : 'startTimestep';
  const hasLevel = startTimestep !== undefined || strength !== undefined;
  if (hasLevel && initialActions === undefined && warmStart === undefined)
    refuse('initialActions', `required with ${level}: what to start from; or give warmStart`);
  if (initialActions !== undefined && !hasLevel)
    refuse('startTimestep', 'required with initialActions: how much noise to start with; or give strength');
}
