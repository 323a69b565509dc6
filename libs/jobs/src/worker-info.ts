import { z } from 'zod';
import { Timestamp } from './names.js';
import { Precision } from './sampling-request.js';

/** What can keep a worker from taking jobs: a Redis that may lose them, an artifact store that fails, an engine that hangs. */
export const PauseCause = z.enum(['redis', 'store', 'engine']);
export type PauseCause = z.output<typeof PauseCause>;

export const Pause = z.strictObject({ cause: PauseCause, reason: z.string() }).meta({ id: 'Pause' });
export type Pause = z.output<typeof Pause>;

/** What a live worker says about itself; also the content of its heartbeat. */
export const WorkerInfo = z
  .strictObject({
    id: z.string(),
    host: z.string(),
    pid: z.int(),
    startedAt: Timestamp,
    lastHeartbeatAt: Timestamp,
    queues: z.array(z.string()),
    status: z.enum(['starting', 'running', 'draining', 'failed']),
    /** Why it takes no jobs for now; what it holds runs on. */
    pauses: z.array(Pause).default([]),
    backend: z.string(),
    provider: z.string(),
    device: z.string(),
    version: z.string(),
    /** In which sampling jobs may run there. */
    precisions: z.array(Precision).default(['float32']),
    /** Providers that were tried before, and why they were not taken. */
    rejectedProviders: z.array(z.strictObject({ provider: z.string(), reason: z.string() })),
    engineThreads: z.int().min(0),
    jobsRunning: z.int().min(0),
    rowsRunning: z.int().min(0),
    rowsWaiting: z.int().min(0),
    models: z.array(z.string()),
    rowStepsTotal: z.number().min(0),
    rowStepsPerSecond: z.number().min(0),
    samplesPerSecond: z.number().min(0),
    /** Seconds of one batched step over the last minute; null while nothing ran. */
    stepSeconds: z.strictObject({ p50: z.number(), p95: z.number(), p99: z.number(), count: z.int() }).nullable(),
    metricsUrl: z.string(),
  })
  .meta({ id: 'WorkerInfo' });
export type WorkerInfo = z.output<typeof WorkerInfo>;
export const WorkerList = z.strictObject({ items: z.array(WorkerInfo) }).meta({ id: 'WorkerList' });
