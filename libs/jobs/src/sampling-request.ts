import { z } from 'zod';
import { list } from './list.js';
import { Metadata } from './metadata.js';
import { ModelReference } from './names.js';
import { optional } from './optional.js';
import { Priority } from './priority.js';
import { SAMPLING_LIMITS } from './sampling-limits.js';
import { Tensor } from './tensor.js';

export const TimestepSpacing = z.enum(['leading', 'trailing', 'linspace', 'quad']);
export const Precision = z.enum(['float32', 'int8']);

const MAX_STEPS = 10_000;
const MaskElement = z.literal([true, false, 0, 1]);
/** Of the horizon, and of each of its steps; the mask travels in the job, which takes fewer numbers than this. */
const MAX_MASK_LENGTH = 32_768;
const MaskRow = list(MaskElement, { min: 1, max: MAX_MASK_LENGTH });

/** In-painting: elements that are known. `mask` is [horizon] or [horizon, dim], 1 = known; `values` [rows, horizon, dim]. */
export const FixedActionsRequest = z
  .strictObject({
    mask: z.union([MaskRow, list(MaskRow, { min: 1, max: MAX_MASK_LENGTH })]),
    values: Tensor,
  })
  .meta({ id: 'FixedActions' });

/** The plan that is being executed, shifted by what was executed of it: what to start from. `previousActions` is [rows, horizon, dim]. */
export const WarmStartRequest = z
  .strictObject({ previousActions: Tensor, executedSteps: z.int().min(0) })
  .meta({ id: 'WarmStart' });

/** Dynamic thresholding: the `ratio` quantile of |x0|, at most `maxValue`. */
export const Thresholding = z
  .strictObject({
    ratio: z.number().gt(0).max(1),
    maxValue: z.number().gt(0),
  })
  .meta({ id: 'Thresholding' });

/** Limits of the sampling options; absent options take the model's own defaults. */
const options = {
  numInferenceSteps: optional(z.int().min(1).max(MAX_STEPS)),
  eta: optional(z.number().min(0).max(1)),
  timestepSpacing: optional(TimestepSpacing),
  stepsOffset: optional(z.int().min(0).max(MAX_STEPS)),
  prevTimestepRule: optional(z.enum(['list', 'stride'])),
  compat: optional(z.enum(['edifice', 'none'])),
  noiseVariance: optional(z.enum(['ddim', 'large'])),
  guidanceScale: optional(z.number().min(0).max(100)),
  guidanceRescale: optional(z.number().min(0).max(1)),
  clipSample: optional(z.boolean()),
  clipSampleRange: optional(z.number().gt(0).max(1e6)),
  thresholding: optional(Thresholding),
  useClippedModelOutput: optional(z.boolean()),
  startTimestep: optional(z.int().min(0).max(MAX_STEPS)),
  strength: optional(z.number().gt(0).max(1)),
};

/** Body of `POST /v1/sampling-jobs`. */
export const SamplingRequest = z
  .strictObject({
    model: ModelReference,
    observations: optional(Tensor),
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
    seed: optional(z.int().min(0)),
    initialNoise: optional(Tensor),
    initialActions: optional(Tensor),
    warmStart: optional(WarmStartRequest),
    fixedActions: optional(FixedActionsRequest),
    mode: z.enum(['sample', 'encode', 'interpolate']).default('sample'),
    precision: Precision.default('float32'),
    priority: Priority.default('normal'),
    deadlineMs: optional(z.int().min(1).max(86_400_000)),
    supersedeKey: optional(z.string().min(1).max(128)),
    previewEvery: optional(z.int().min(1).max(MAX_STEPS)),
    webhook: optional(z.url().max(2048)),
    metadata: Metadata.default({}),
  })
  .superRefine(checkMode)
  .meta({ id: 'SamplingRequest' });
export type SamplingRequest = z.output<typeof SamplingRequest>;

/** Body of `POST /v1/sampling-jobs/batch`; every request is validated on its own. */
export const BulkSamplingRequest = z
  .strictObject({ requests: list(z.unknown(), { min: 1, max: 1000 }) })
  .meta({ id: 'BulkSamplingRequest' });

interface ModeFields {
  readonly mode: 'sample' | 'encode' | 'interpolate';
  readonly startTimestep?: number;
  readonly strength?: number;
  readonly initialNoise?: unknown;
  readonly initialActions?: unknown;
  readonly warmStart?: unknown;
  readonly fixedActions?: unknown;
  readonly samplesPerObservation: number;
}

type Refuse = (path: string, message: string) => void;

/** Refuses fields that contradict the mode or each other, each at its own path. */
function checkMode(request: ModeFields, context: z.RefinementCtx): void {
  const refuse: Refuse = (path, message) => context.addIssue({ code: 'custom', path: [path], message });
  const { mode } = request;
  if (mode === 'sample') {
    checkStart(request, refuse);
    return;
  }
  for (const field of ['startTimestep', 'strength', 'warmStart', 'fixedActions'] as const)
    if (request[field] !== undefined) refuse(field, `has no meaning in mode ${mode}`);
  if (mode === 'encode') {
    if (request.initialActions === undefined)
      refuse('initialActions', 'required in mode encode: the actions to invert');
    if (request.initialNoise !== undefined) refuse('initialNoise', 'has no meaning in mode encode');
    return;
  }
  if (request.initialActions !== undefined) refuse('initialActions', 'has no meaning in mode interpolate');
  if (request.samplesPerObservation < 2)
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
