import { z } from 'zod';
import { JobError } from './job-error.js';
import { EncodedTensor } from '../tensor.js';
import { StatedWarning } from '../problem.js';

const step = z.int().min(0);
const TYPE = 'Type of the event';

/** A log point of a training run; means since the one before. */
const TrainingMetrics = z
  .strictObject({
    type: z.literal('metrics').describe('Type of the event'),
    step: step.describe('Optimiser steps done'),
    totalSteps: step.describe('Optimiser steps in all'),
    loss: z.number().nullable().describe('Mean loss since the point before; null: not finite'),
    learningRate: z.number().describe('Learning rate of the last step'),
    gradNorm: z.number().nullable().describe('Norm of the gradient before clipping; null: not finite'),
    stepsPerSecond: z.number().describe('Optimiser steps per second since the point before'),
    validationLoss: z.number().nullable().describe('Loss of the validation part; null: not measured'),
    skippedUpdates: z.int().describe('Steps whose gradient was not finite and that changed nothing'),
  })
  .meta({ id: 'TrainingMetrics' });
export const TrainingMetricsPage = z
  .strictObject({ items: z.array(TrainingMetrics).describe('Log points by step') })
  .meta({ id: 'TrainingMetricsPage' });

/** Body of each event of a job's stream, by its type. A final event ends the stream. */
export const JobEvent = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('queued').describe(TYPE) }),
    z.strictObject({
      type: z.literal('started').describe(TYPE),
      attempt: z.int().describe('Attempts that were started'),
      worker: z.string().describe('Worker that has the job'),
      warnings: z.array(StatedWarning).describe('What works but is probably not meant'),
    }),
    z.strictObject({
      type: z.literal('step').describe(TYPE),
      completedRows: z.int().describe('Rows that are done'),
      totalRows: z.int().describe('Rows of the job'),
      completedSteps: step.describe('Denoising steps of all rows that are done'),
      totalSteps: step.describe('Denoising steps of all rows'),
      secondsLeft: z.number().nullable().describe('Seconds until it ends, estimated; null when unknown'),
    }),
    z.strictObject({
      type: z.literal('preview').describe(TYPE),
      row: z.int().describe('Row of the job'),
      step: step.describe('Denoising step of the row'),
      actions: EncodedTensor.describe('Predicted x0 [horizon, dim], in the units of the actions'),
    }),
    TrainingMetrics,
    z.strictObject({
      type: z.literal('samples').describe(TYPE),
      step: step.describe('Optimiser steps done'),
      actions: EncodedTensor.describe(
        'Rows drawn with the averaged weights [rows, horizon, dim], in the units of the actions',
      ),
    }),
    z.strictObject({
      type: z.literal('checkpoint').describe(TYPE),
      step: step.describe('Optimiser steps done'),
      sha256: z.string().describe('SHA-256 of the checkpoint'),
      bytes: z.int().describe('Bytes of the checkpoint'),
    }),
    z.strictObject({ type: z.literal('paused').describe(TYPE) }),
    z.strictObject({ type: z.literal('resumed').describe(TYPE) }),
    z.strictObject({ type: z.literal('succeeded').describe(TYPE) }),
    z.strictObject({ type: z.literal('failed').describe(TYPE), error: JobError.describe('Why') }),
    z.strictObject({ type: z.literal('cancelled').describe(TYPE), error: JobError.describe('Why') }),
  ])
  .meta({ id: 'JobEvent' });
export type JobEvent = z.output<typeof JobEvent>;
/** The last event of a job. */
export type FinalJobEvent = Extract<JobEvent, { type: 'succeeded' | 'failed' | 'cancelled' }>;
/** The first event of an attempt. */
export type StartedJobEvent = Extract<JobEvent, { type: 'started' }>;
export type TrainingMetricsEvent = Extract<JobEvent, { type: 'metrics' }>;
/** How far a running job has come: the other events are published with what they record. */
export type ProgressEvent = Extract<JobEvent, { type: 'step' | 'preview' | 'metrics' | 'samples' }>;

export function isFinalEvent(event: JobEvent): event is FinalJobEvent {
  const { type } = event;
  return type === 'succeeded' || type === 'failed' || type === 'cancelled';
}
