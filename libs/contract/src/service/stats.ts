import { z } from 'zod';
import { ofEachKind } from '../kinds.js';

const QueueCounts = z
  .strictObject({
    waiting: z.int().min(0).describe('Jobs in line'),
    active: z.int().min(0).describe('Jobs that run'),
    delayed: z.int().min(0).describe('Jobs that wait for another attempt'),
    paused: z.int().min(0).describe('Jobs that are paused'),
    succeeded: z.int().min(0).describe('Kept jobs that have succeeded'),
    failed: z.int().min(0).describe('Kept jobs that have failed or were cancelled'),
  })
  .meta({ id: 'QueueCounts' });

/** The whole system at a glance. */
export const Stats = z
  .strictObject({
    queues: z
      .strictObject(ofEachKind((kind) => QueueCounts.describe(`Jobs of queue ${kind}`)))
      .describe('Jobs of each queue'),
    workers: z.int().min(0).describe('Live workers'),
    rowsRunning: z.int().min(0).describe('Rows that have started and not ended, of all workers'),
    rowsWaiting: z.int().min(0).describe('Rows in engines that have not started, of all workers'),
    samplesPerSecond: z.number().min(0).describe('Rows that ended per second, over the last minute'),
    rowStepsPerSecond: z.number().min(0).describe('Denoising steps of single rows per second, over the last minute'),
    stepSeconds: z
      .strictObject({
        p50: z.number().describe('Median'),
        p95: z.number().describe('95th percentile'),
        p99: z.number().describe('99th percentile'),
      })
      .nullable()
      .describe("Seconds of one batched step over the last minute, the slowest worker's; null while nothing ran"),
  })
  .meta({ id: 'Stats' });
export type Stats = z.output<typeof Stats>;
