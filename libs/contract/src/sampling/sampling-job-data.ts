import type { SamplingDefaults } from '#ddim';
import { z } from 'zod';
import { jobOwnerFields } from '../access/job-owner.js';
import { ResolvedModel } from '../jobs/resolved-model.js';
import { RESULT_TIMINGS } from '../jobs/result-timings.js';
import { Sha256 } from '../names.js';
import { StatedWarning } from '../problem.js';
import { EncodedTensor } from '../tensor.js';
import { JOB_TENSOR_FIELDS } from '../tensors.js';
import { CompleteSamplingOptions, resolveSamplingOptions } from './sampling-options.js';
import { SamplingRequest } from './sampling-request.js';

/** At most this many raw bytes of a result travel inside the job; larger ones are artifacts. */
export const MAX_INLINE_RESULT_BYTES = 8 * 1024;

// A warm start has become initialActions.
const { strength: _strength, warmStart: _warmStart, ...requestFields } = SamplingRequest.shape;

/** What a job takes over of its request as it is. */
const takenOver = z.object(requestFields).pick({
  mode: true,
  precision: true,
  samplesPerObservation: true,
  priority: true,
  deadlineMs: true,
  supersedeKey: true,
  previewEvery: true,
  metadata: true,
}).shape;

const admittedFields = {
  ...jobOwnerFields,
  model: ResolvedModel,
  seed: z.int().min(0),
  /** Rows and row-steps, known at submission. */
  rows: z.int().min(1),
  steps: z.int().min(1),
  /** [horizon, dim] of the model. */
  actionShape: z.tuple([z.int().min(1), z.int().min(1)]),
  warnings: z.array(StatedWarning),
};

/** BullMQ data of a sampling job, as it was admitted: nothing of it is left to be decided or judged. */
export const SamplingJobData = z.strictObject({
  request: z.strictObject({ ...takenOver, ...JOB_TENSOR_FIELDS }),
  options: CompleteSamplingOptions,
  ...admittedFields,
});
export type SamplingJobData = z.output<typeof SamplingJobData>;

/** What Redis may hold of a sampling job: release 0.1 left the model's defaults to the worker. */
export const StoredSamplingJob = z.union([
  SamplingJobData,
  z.strictObject({
    request: z.strictObject({ ...requestFields, ...JOB_TENSOR_FIELDS, model: z.string() }),
    ...admittedFields,
  }),
]);
export type StoredSamplingJob = z.output<typeof StoredSamplingJob>;

/** The job with complete options, whichever release has stored it. @param defaults of its model */
export function admittedSampling(stored: StoredSamplingJob, defaults: SamplingDefaults): SamplingJobData {
  if ('options' in stored) return stored;
  return { ...stored, options: resolveSamplingOptions(stored.request, defaults) };
}

/**
 * BullMQ return value of a sampling job: `tensor` when small, `artifact` otherwise; sha256 is of the raw
 * float32 bytes.
 */
export const StoredSamplingResult = z.strictObject({
  shape: z.array(z.int().min(0)),
  sha256: Sha256,
  bytes: z.int().min(0),
  tensor: EncodedTensor.optional(),
  artifact: Sha256.optional(),
  timings: z.strictObject({ ...RESULT_TIMINGS, denoiseSeconds: z.number().min(0) }),
  warnings: z.array(StatedWarning),
  worker: z.string(),
});
export type StoredSamplingResult = z.output<typeof StoredSamplingResult>;
