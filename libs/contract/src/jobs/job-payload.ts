import type { SamplingDefaults } from '#ddim';
import { z } from 'zod';
import { JobModel } from './job.js';
import { ResourceName, Sha256 } from '../names.js';
import { WireWarning } from '../problem.js';
import { CompleteSamplingOptions, resolveSamplingOptions } from '../sampling/sampling-options.js';
import { SamplingRequest } from '../sampling/sampling-request.js';
import { EncodedTensor } from '../tensor.js';
import { JOB_TENSOR_FIELDS } from '../tensors.js';
import { TrainingRequest } from '../training/training-request.js';

/** At most this many raw bytes of a result travel inside the job; larger ones are artifacts. */
export const MAX_INLINE_RESULT_BYTES = 8 * 1024;

/**
 * The hashes say which bytes are meant, `settings` those of an imported denoiser beside its file; the name is
 * for people.
 */
const ResolvedModel = z.strictObject({
  name: ResourceName,
  version: z.int().min(1),
  sha256: Sha256,
  settings: Sha256.optional(),
});

const {
  strength: _strength,
  warmStart: _warmStart,
  mode,
  precision,
  samplesPerObservation,
  priority,
  deadlineMs,
  supersedeKey,
  previewEvery,
  metadata,
  ...otherFields
} = SamplingRequest.shape;

/** What a job takes over of its request. A warm start has become initialActions. */
const requestFields = {
  mode,
  precision,
  samplesPerObservation,
  priority,
  deadlineMs,
  supersedeKey,
  previewEvery,
  metadata,
  ...JOB_TENSOR_FIELDS,
};

const admittedFields = {
  model: ResolvedModel,
  seed: z.int().min(0),
  /** Rows and row-steps, known at submission. */
  rows: z.int().min(1),
  steps: z.int().min(1),
  /** [horizon, dim] of the model. */
  actionShape: z.tuple([z.int().min(1), z.int().min(1)]),
  warnings: z.array(WireWarning),
};

/** BullMQ data of a sampling job, as it was admitted: nothing of it is left to be decided or judged. */
export const SamplingJobData = z.strictObject({
  request: z.strictObject(requestFields),
  options: CompleteSamplingOptions,
  ...admittedFields,
});
export type SamplingJobData = z.output<typeof SamplingJobData>;

/** What Redis may hold of a sampling job: release 0.1 left the model's defaults to the worker. */
export const StoredSamplingJob = z.union([
  SamplingJobData,
  z.strictObject({
    request: z.strictObject({ ...otherFields, ...requestFields, model: z.string() }),
    ...admittedFields,
  }),
]);
export type StoredSamplingJob = z.output<typeof StoredSamplingJob>;

/** The job with complete options, whichever release has stored it. @param defaults of its model */
export function admittedSampling(stored: StoredSamplingJob, defaults: SamplingDefaults): SamplingJobData {
  if ('options' in stored) return stored;
  return { ...stored, options: resolveSamplingOptions(stored.request, defaults) };
}

const timings = {
  queuedSeconds: z.number().min(0),
  runSeconds: z.number().min(0),
};

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
  timings: z.strictObject({ ...timings, denoiseSeconds: z.number().min(0) }),
  warnings: z.array(WireWarning),
  worker: z.string(),
});
export type StoredSamplingResult = z.output<typeof StoredSamplingResult>;

/** BullMQ data of a training job. */
export const TrainingJobData = z.strictObject({
  request: TrainingRequest,
  dataset: z.strictObject({
    name: ResourceName,
    sha256: Sha256,
    obsSize: z.int().min(0),
    actionHorizon: z.int().min(1),
    actionDim: z.int().min(1),
  }),
  initFrom: ResolvedModel.optional(),
  seed: z.int().min(0),
  steps: z.int().min(1),
  warnings: z.array(WireWarning),
});
export type TrainingJobData = z.output<typeof TrainingJobData>;

/** BullMQ return value of a training job. */
export const TrainingJobResult = z.strictObject({
  model: JobModel,
  sha256: Sha256,
  bytes: z.int().min(0),
  updates: z.int().min(0),
  finalLoss: z.number().nullable(),
  validationLoss: z.number().nullable(),
  timings: z.strictObject(timings),
  warnings: z.array(WireWarning),
  worker: z.string(),
});
export type TrainingJobResult = z.output<typeof TrainingJobResult>;
