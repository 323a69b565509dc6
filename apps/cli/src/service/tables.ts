import type { Schemas } from '#client';
import { JOB_KINDS } from '#contract';
import { formatDuration } from '../terminal/duration.js';
import type { Job } from '../jobs/follow-job.js';

/** Cells of text, which `formatTable` aligns. */
interface TextTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A worker in a table, as the service lists it or as the live feed shows it. */
export interface ShownWorker extends Pick<
  Schemas['WorkerInfo'],
  | 'id'
  | 'device'
  | 'provider'
  | 'jobsRunning'
  | 'rowsRunning'
  | 'rowsWaiting'
  | 'samplesPerSecond'
  | 'status'
  | 'pauses'
> {
  readonly precisions?: readonly string[] | undefined;
  readonly stepSeconds: { readonly p95: number } | null;
}

export function queueTable({ queues }: Schemas['Stats']): TextTable {
  const rows = JOB_KINDS.map((kind) => {
    const { waiting, active, delayed, paused, succeeded, failed } = queues[kind];
    return [
      kind,
      ...[waiting, active, delayed, paused, succeeded, failed].map((count) => count.toLocaleString('en-US')),
    ];
  });
  return { header: ['QUEUE', 'WAITING', 'RUNNING', 'DELAYED', 'PAUSED', 'SUCCEEDED', 'FAILED'], rows };
}

export function workerTable(workers: readonly ShownWorker[]): TextTable {
  const rows = workers.map((worker) => [
    worker.id,
    worker.device,
    worker.provider,
    (worker.precisions ?? []).join(' '),
    `${worker.jobsRunning}`,
    `${worker.rowsRunning}+${worker.rowsWaiting}`,
    worker.samplesPerSecond.toFixed(1),
    worker.stepSeconds === null ? '' : `${milliseconds(worker.stepSeconds.p95)} ms`,
    stateOf(worker),
  ]);
  return {
    header: ['WORKER', 'DEVICE', 'PROVIDER', 'PRECISION', 'JOBS', 'ROWS', 'SAMPLES/S', 'STEP P95', 'STATE'],
    rows,
  };
}

/** @param now milliseconds since 1970 */
export function jobTable(jobs: readonly Job[], now: number): TextTable {
  const rows = jobs.map((job) => [
    job.id,
    job.status,
    job.model.version === null ? job.model.name : `${job.model.name}@${job.model.version}`,
    progressOf(job),
    job.estimatedSecondsLeft === null ? '' : formatDuration(job.estimatedSecondsLeft),
    formatDuration((now - Date.parse(job.createdAt)) / 1_000),
    job.worker ?? '',
  ]);
  return { header: ['JOB', 'STATUS', 'MODEL', 'PROGRESS', 'LEFT', 'AGE', 'WORKER'], rows };
}

export function milliseconds(seconds: number): string {
  return (seconds * 1_000).toFixed(2);
}

/** Done steps of all steps, from 0 to 1. */
export function doneRatio({ progress: { completedSteps, totalSteps } }: Job): number {
  return totalSteps === 0 ? 0 : completedSteps / totalSteps;
}

function progressOf(job: Job): string {
  return job.progress.totalSteps === 0 ? '' : `${Math.floor(100 * doneRatio(job))} %`;
}

function stateOf({ status, pauses }: ShownWorker): string {
  return pauses.length === 0 ? status : `${status}, takes no jobs: ${pauses.map(({ cause }) => cause).join(' ')}`;
}
