import type { Priority } from '#ddim';
import { z } from 'zod';
import { ofEachKind } from '../kinds.js';
import { Timestamp } from '../names.js';
import { RecentFigures, StepSeconds } from './recent-figures.js';
import { WorkerInfo } from './worker-info.js';

const WaitingClass = z
  .strictObject({
    jobs: z.int().min(0).describe('Jobs in line'),
    oldestSeconds: z.number().min(0).nullable().describe('Seconds since the first of them was accepted; null: none'),
  })
  .meta({ id: 'WaitingClass' });

const LiveQueue = z
  .strictObject({
    active: z.int().min(0).describe('Jobs that run'),
    delayed: z.int().min(0).describe('Jobs that wait for another attempt'),
    waiting: z
      .strictObject({
        interactive: WaitingClass.describe('Class interactive'),
        normal: WaitingClass.describe('Class normal'),
        bulk: WaitingClass.describe('Class bulk'),
      } satisfies Readonly<Record<Priority, typeof WaitingClass>>)
      .describe('Jobs in line by class'),
  })
  .meta({ id: 'LiveQueue' });

export const LiveWorker = WorkerInfo.pick({
  id: true,
  host: true,
  startedAt: true,
  lastHeartbeatAt: true,
  queues: true,
  status: true,
  pauses: true,
  backend: true,
  provider: true,
  providerReason: true,
  device: true,
  rejectedProviders: true,
  precisions: true,
  jobsRunning: true,
  rowsRunning: true,
  rowsWaiting: true,
})
  .extend(RecentFigures.shape)
  .extend({
    loadRatio: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('Mean occupancy of its engine threads; null where it does not say'),
  })
  .meta({ id: 'LiveWorker' });
export type LiveWorker = z.output<typeof LiveWorker>;

/** The whole system at one moment. */
export const LiveSnapshot = z
  .strictObject({
    at: Timestamp.describe('When it was taken'),
    samplesPerSecond: z.number().min(0).describe('Rows that ended per second, of all workers'),
    rowStepsPerSecond: z.number().min(0).describe('Denoising steps of single rows per second, of all workers'),
    rowsPerStep: z.number().min(0).nullable().describe('Mean rows of a batched step; null while nothing ran'),
    stepSeconds: StepSeconds.nullable().describe("Seconds of one batched step, the slowest worker's; null while none"),
    rowsRunning: z.int().min(0).describe('Rows that have started and not ended'),
    rowsWaiting: z.int().min(0).describe('Rows in engines that have not started'),
    workersLive: z.int().min(0).describe('Live workers'),
    queues: z
      .strictObject(ofEachKind((kind) => LiveQueue.describe(`Jobs of queue ${kind}`)))
      .describe('Jobs of each queue'),
    workers: z.array(LiveWorker).nullable().describe('Each live worker; null for keys without the scope admin'),
  })
  .meta({ id: 'LiveSnapshot' });
export type LiveSnapshot = z.output<typeof LiveSnapshot>;
