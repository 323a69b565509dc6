import { z } from 'zod';
import { JobError } from './job-error.js';
import { EncodedTensor } from './tensor.js';
import { Warning } from './problem.js';

const step = z.int().min(0);

/** A log point of a training run; means since the one before. */
export const TrainingMetrics = z
  .strictObject({
    type: z.literal('metrics'),
    step,
    totalSteps: step,
    loss: z.number().nullable(),
    learningRate: z.number(),
    gradNorm: z.number().nullable(),
    stepsPerSecond: z.number(),
    validationLoss: z.number().nullable(),
    skippedUpdates: z.int(),
  })
  .meta({ id: 'TrainingMetrics' });
export const TrainingMetricsPage = z
  .strictObject({ items: z.array(TrainingMetrics) })
  .meta({ id: 'TrainingMetricsPage' });

/** Body of each event of a job's stream, by its type. A final event ends the stream. */
export const JobEvent = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('queued') }),
    z.strictObject({ type: z.literal('started'), attempt: z.int(), worker: z.string(), warnings: z.array(Warning) }),
    z.strictObject({
      type: z.literal('step'),
      completedRows: z.int(),
      totalRows: z.int(),
      completedSteps: step,
      totalSteps: step,
      secondsLeft: z.number().nullable(),
    }),
    z.strictObject({ type: z.literal('preview'), row: z.int(), step, actions: EncodedTensor }),
    TrainingMetrics,
    z.strictObject({ type: z.literal('checkpoint'), step, sha256: z.string(), bytes: z.int() }),
    z.strictObject({ type: z.literal('paused') }),
    z.strictObject({ type: z.literal('resumed') }),
    z.strictObject({ type: z.literal('succeeded') }),
    z.strictObject({ type: z.literal('failed'), error: JobError }),
    z.strictObject({ type: z.literal('cancelled'), error: JobError }),
  ])
  .meta({ id: 'JobEvent' });
export type JobEvent = z.output<typeof JobEvent>;
/** The last event of a job. */
export type FinalJobEvent = Extract<JobEvent, { type: 'succeeded' | 'failed' | 'cancelled' }>;
/** The first event of an attempt. */
export type StartedJobEvent = Extract<JobEvent, { type: 'started' }>;
export type TrainingMetricsEvent = Extract<JobEvent, { type: 'metrics' }>;
/** What happens to a running job, and is told whenever it does: the other events are told with what they record. */
export type PlainJobEvent = Extract<JobEvent, { type: 'step' | 'preview' }>;

export function isFinalEvent(event: JobEvent): event is FinalJobEvent {
  const { type } = event;
  return type === 'succeeded' || type === 'failed' || type === 'cancelled';
}
