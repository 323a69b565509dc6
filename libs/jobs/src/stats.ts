import { z } from 'zod';

export const QueueCounts = z
  .strictObject({
    waiting: z.int().min(0),
    active: z.int().min(0),
    delayed: z.int().min(0),
    succeeded: z.int().min(0),
    failed: z.int().min(0),
  })
  .meta({ id: 'QueueCounts' });

/** The whole system at a glance. */
export const Stats = z
  .strictObject({
    queues: z.strictObject({ sampling: QueueCounts, training: QueueCounts }),
    workers: z.int().min(0),
    rowsRunning: z.int().min(0),
    rowsWaiting: z.int().min(0),
    samplesPerSecond: z.number().min(0),
    rowStepsPerSecond: z.number().min(0),
    /** Seconds of one batched step over the last minute, the slowest worker's; null while nothing ran. */
    stepSeconds: z.strictObject({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
  })
  .meta({ id: 'Stats' });
export type Stats = z.output<typeof Stats>;
