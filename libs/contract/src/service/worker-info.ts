import { PRECISIONS } from '#ddim';
import { z } from 'zod';
import { Timestamp } from '../names.js';
import { RecentFigures } from './recent-figures.js';

/**
 * What can keep a worker from taking jobs: a Redis that may lose them, an artifact store that fails, an
 * engine that hangs.
 */
export const PauseCause = z.enum(['redis', 'store', 'engine']);
export type PauseCause = z.output<typeof PauseCause>;

export const Pause = z
  .strictObject({
    cause: PauseCause.describe('What keeps it from taking jobs'),
    reason: z.string().describe('The same for people'),
  })
  .meta({ id: 'Pause' });
export type Pause = z.output<typeof Pause>;

/** What a live worker says about itself; also the content of its heartbeat. */
export const WorkerInfo = z
  .strictObject({
    id: z.string().describe('Id of the process'),
    host: z.string().describe('Host name'),
    pid: z.int().describe('Process id'),
    startedAt: Timestamp.describe('When it started'),
    lastHeartbeatAt: Timestamp.describe(
      'When it was last heard of: every 5 s, and every second while somebody watches',
    ),
    queues: z.array(z.string()).describe('Queues that it takes jobs from'),
    status: z.enum(['starting', 'running', 'draining', 'failed']).describe('State of its engine'),
    pauses: z.array(Pause).default([]).describe('Why it takes no jobs for now; what it holds runs on'),
    backend: z.string().describe('cuda or webgpu (kernels of our own), onnx or tfjs'),
    provider: z.string().describe('What the backend runs on, such as cpu or cuda'),
    providerReason: z.string().default('').describe('Why it runs on this; empty: its release does not say'),
    device: z.string().describe('Name of the device'),
    devices: z.array(z.string()).default([]).describe('Devices with an engine thread each, or the only one'),
    version: z.string().describe('Version of the backend'),
    precisions: z.array(z.enum(PRECISIONS)).default(['float32']).describe('In which sampling jobs may run there'),
    rejectedProviders: z
      .array(
        z.strictObject({
          provider: z.string().describe('Provider'),
          reason: z.string().describe('Why it was not taken'),
        }),
      )
      .describe('Providers that were tried before, and why they were not taken'),
    engineThreads: z.int().min(0).describe('Engine threads'),
    jobsRunning: z.int().min(0).describe('Jobs that it holds'),
    rowsRunning: z.int().min(0).describe('Rows that have started and not ended'),
    rowsWaiting: z.int().min(0).describe('Rows in the engine that have not started'),
    models: z.array(z.string()).describe('Model versions in memory'),
    rowStepsTotal: z.number().min(0).describe('Denoising steps of single rows since the start'),
    rowStepsPerSecond: z.number().min(0).describe('Denoising steps of single rows per second, over the last minute'),
    samplesPerSecond: z.number().min(0).describe('Rows that ended per second, over the last minute'),
    stepSeconds: z
      .strictObject({
        p50: z.number().describe('Median'),
        p95: z.number().describe('95th percentile'),
        p99: z.number().describe('99th percentile'),
        count: z.int().describe('Steps that were measured'),
      })
      .nullable()
      .describe('Seconds of one batched step over the last minute; null while nothing ran'),
    leastStepSeconds: z
      .array(
        z.strictObject({
          model: z.string().describe('Model version'),
          precision: z.enum(PRECISIONS).describe('In which it was sampled'),
          seconds: z.number().min(0).describe('Of one step'),
        }),
      )
      .default([])
      .describe('Seconds of the fastest step of one row alone that was ever seen, by model version'),
    recent: RecentFigures.nullable()
      .default(null)
      .describe('The same and more over the last seconds; null: its release does not say'),
    metricsUrl: z.string().describe('Where Prometheus finds its metrics'),
  })
  .meta({ id: 'WorkerInfo' });
export type WorkerInfo = z.output<typeof WorkerInfo>;
export const WorkerList = z
  .strictObject({ items: z.array(WorkerInfo).describe('In the order of their starts') })
  .meta({ id: 'WorkerList' });
