import { PRIORITIES } from '#ddim';
import { z } from 'zod';
import { ApiKeyId } from '../access/api-key.js';
import { JobError } from './job-error.js';
import { JOB_ID_FORM } from './job-id.js';
import { JobStatus } from './job-status.js';
import { Metadata } from '../metadata.js';
import { ResourceName, Sha256, Timestamp } from '../names.js';
import { StatedWarning } from '../problem.js';
import { TrainingStop } from '../training/training-stop.js';
import { UsedChunking } from '../sampling/real-time-chunking.js';

/** The model version a job really uses. */
export const JobModel = z
  .strictObject({
    name: ResourceName.describe('Name of the model'),
    version: z.int().min(1).nullable().describe('Version; null: not there yet'),
  })
  .meta({ id: 'JobModel' });
export type JobModel = z.output<typeof JobModel>;

export const JobProgress = z
  .strictObject({
    completedRows: z.int().min(0).nullable().describe('Rows that are done; null in training'),
    totalRows: z.int().min(0).nullable().describe('Rows of the job; null in training'),
    completedSteps: z.int().min(0).describe('Denoising steps of its rows, or optimiser steps, that are done'),
    totalSteps: z.int().min(0).describe('Denoising steps of its rows, or optimiser steps, in all'),
  })
  .meta({ id: 'JobProgress' });
export type JobProgress = z.output<typeof JobProgress>;

const JobTimings = z
  .strictObject({
    queuedSeconds: z.number().min(0).nullable().describe('Seconds from acceptance to the start; null before'),
    runSeconds: z.number().min(0).nullable().describe('Seconds from the start to the end; null before'),
    denoiseSeconds: z
      .number()
      .min(0)
      .nullable()
      .describe('Seconds in the backend, the mean over rows; null before the end and in training'),
  })
  .meta({ id: 'JobTimings' });

const common = {
  id: z.string().describe(`Id of the job: ${JOB_ID_FORM}`),
  status: JobStatus.describe('Where it stands; the last three are final'),
  owner: z.string().describe('Whose it is; without keys: default'),
  key: ApiKeyId.nullable().describe('Id of the API key that it came with; null: there were none'),
  model: JobModel.describe('Model version that it uses or makes'),
  createdAt: Timestamp.describe('When it was accepted'),
  startedAt: Timestamp.nullable().describe('When its last attempt started; null before'),
  finishedAt: Timestamp.nullable().describe('When it ended; null before'),
  cancelRequestedAt: Timestamp.nullable().describe('When a cancel was accepted; null: none was'),
  progress: JobProgress.describe('What is done of it'),
  queuePosition: z.int().min(0).nullable().describe('Jobs that start before it; null unless it waits in line'),
  estimatedSecondsLeft: z.number().min(0).nullable().describe('Seconds until it ends, estimated; null when unknown'),
  timings: JobTimings.describe('How long it took'),
  seed: z.int().min(0).describe('Seed of its noise'),
  warnings: z.array(StatedWarning).describe('What works but is probably not meant'),
  error: JobError.nullable().describe('Why it failed or was cancelled; null otherwise'),
  attempts: z.int().min(0).describe('Attempts that were started'),
  worker: z.string().nullable().describe('Worker that has it or had it; null before'),
  metadata: Metadata.describe("The client's own labels"),
};

const SamplingResult = z
  .strictObject({
    shape: z.array(z.int().min(0)).describe('[rows, horizon, dim]'),
    dtype: z.literal('float32').describe('Type of the numbers'),
    sha256: Sha256.describe('SHA-256 of the raw float32 bytes'),
    bytes: z.int().min(0).describe('Bytes of the raw float32 numbers'),
    href: z.string().describe('Path of the result'),
    data: z
      .union([z.array(z.unknown()), z.string()])
      .optional()
      .describe(
        'The numbers, nested or as the request preferred in base64; only in the answer to a request that waited',
      ),
  })
  .meta({ id: 'SamplingJobResult' });

export const SamplingJob = z
  .strictObject({
    ...common,
    kind: z.literal('sampling').describe('Kind of the job'),
    priority: z.enum(PRIORITIES).describe('Its class'),
    expiresAt: Timestamp.nullable().describe(
      'Until when the result is kept if it is among the newest (STRIDE_KEPT_RESULTS); null before the end',
    ),
    realTimeChunking: UsedChunking.nullable().describe(
      'How it is pulled towards the plan that is being executed; null: not at all',
    ),
    result: SamplingResult.nullable().describe('The actions; null unless it has succeeded'),
  })
  .meta({ id: 'SamplingJob' });
export type SamplingJob = z.output<typeof SamplingJob>;

const TrainingJobResultView = z
  .strictObject({
    model: JobModel.describe('The version that it made'),
    sha256: Sha256.describe('SHA-256 of the checkpoint'),
    bytes: z.int().min(0).describe('Bytes of the checkpoint'),
    href: z.string().describe('Path of the checkpoint'),
    updates: z.int().min(0).describe('Optimiser steps that were done'),
    stopReason: TrainingStop.describe('Why it ended: all steps were done, or the validation loss fell no more'),
    keptStep: z.int().min(0).describe('Optimiser steps after which the weights are those of the version'),
    finalLoss: z.number().nullable().describe('Mean loss since the last log point but one; null: not finite'),
    validationLoss: z
      .number()
      .nullable()
      .describe('Loss of the weights of the version on the validation part; null: there is none'),
  })
  .meta({ id: 'TrainingJobResult' });

export const TrainingJob = z
  .strictObject({
    ...common,
    kind: z.literal('training').describe('Kind of the job'),
    dataset: ResourceName.describe('Name of the dataset'),
    pausedAt: Timestamp.nullable().describe(
      'When its pause was accepted; null unless it is paused, or will be after its present update',
    ),
    result: TrainingJobResultView.nullable().describe('The new version; null unless it has succeeded'),
  })
  .meta({ id: 'TrainingJob' });
export type TrainingJob = z.output<typeof TrainingJob>;

export const MAX_JOBS_PER_PAGE = 200;

/** A page of a list, newest first; `nextCursor` continues it. */
const pageOf = <Item extends z.ZodType>(item: Item, id: string) =>
  z
    .strictObject({
      items: z.array(item).describe('The page, newest first'),
      nextCursor: z.string().nullable().describe('after of the next page; null: this is the last'),
    })
    .meta({ id });
export const SamplingJobPage = pageOf(SamplingJob, 'SamplingJobPage');
export const TrainingJobPage = pageOf(TrainingJob, 'TrainingJobPage');
