import { z } from 'zod';
import { JobError } from './job-error.js';
import { JobStatus } from './job-status.js';
import { Metadata } from './metadata.js';
import { ResourceName, Sha256, Timestamp } from './names.js';
import { Warning } from './problem.js';

/** The model version a job really uses. */
export const JobModel = z
  .strictObject({ name: ResourceName, version: z.int().min(1).nullable() })
  .meta({ id: 'JobModel' });
export type JobModel = z.output<typeof JobModel>;

export const JobProgress = z
  .strictObject({
    completedRows: z.int().min(0).nullable(),
    totalRows: z.int().min(0).nullable(),
    completedSteps: z.int().min(0),
    totalSteps: z.int().min(0),
  })
  .meta({ id: 'JobProgress' });
export type JobProgress = z.output<typeof JobProgress>;

export const JobTimings = z
  .strictObject({
    queuedSeconds: z.number().min(0).nullable(),
    runSeconds: z.number().min(0).nullable(),
    denoiseSeconds: z.number().min(0).nullable(),
  })
  .meta({ id: 'JobTimings' });

const common = {
  id: z.string(),
  status: JobStatus,
  model: JobModel,
  createdAt: Timestamp,
  startedAt: Timestamp.nullable(),
  finishedAt: Timestamp.nullable(),
  cancelRequestedAt: Timestamp.nullable(),
  progress: JobProgress,
  queuePosition: z.int().min(0).nullable(),
  estimatedSecondsLeft: z.number().min(0).nullable(),
  timings: JobTimings,
  seed: z.int().min(0),
  warnings: z.array(Warning),
  error: JobError.nullable(),
  attempts: z.int().min(0),
  worker: z.string().nullable(),
  metadata: Metadata,
};

export const SamplingJobResult = z
  .strictObject({
    shape: z.array(z.int().min(0)),
    dtype: z.literal('float32'),
    sha256: Sha256,
    bytes: z.int().min(0),
    href: z.string(),
    /** Nested arrays, or base64 where the request preferred it; only in the answer to a request that waited. */
    data: z.union([z.array(z.unknown()), z.string()]).optional(),
  })
  .meta({ id: 'SamplingJobResult' });

export const SamplingJob = z
  .strictObject({
    ...common,
    kind: z.literal('sampling'),
    expiresAt: Timestamp.nullable(),
    result: SamplingJobResult.nullable(),
  })
  .meta({ id: 'SamplingJob' });
export type SamplingJob = z.output<typeof SamplingJob>;

export const TrainingJobResultView = z
  .strictObject({
    model: JobModel,
    sha256: Sha256,
    bytes: z.int().min(0),
    href: z.string(),
  })
  .meta({ id: 'TrainingJobResult' });

export const TrainingJob = z
  .strictObject({
    ...common,
    kind: z.literal('training'),
    dataset: ResourceName,
    pausedAt: Timestamp.nullable(),
    result: TrainingJobResultView.nullable(),
  })
  .meta({ id: 'TrainingJob' });
export type TrainingJob = z.output<typeof TrainingJob>;

/** A page of a list, newest first; `nextCursor` continues it. */
export const pageOf = <Item extends z.ZodType>(item: Item, id: string) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() }).meta({ id });
export const SamplingJobPage = pageOf(SamplingJob, 'SamplingJobPage');
export const TrainingJobPage = pageOf(TrainingJob, 'TrainingJobPage');
