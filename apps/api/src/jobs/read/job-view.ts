import type { z } from 'zod';
import type { Warning } from '#ddim';
import {
  cancelError,
  JobEvent,
  jobKey,
  jobOwner,
  jobStatus,
  parseJobError,
  type JobProgress,
  type JobStatus,
  type SamplingJob,
  type TrainingJobResult,
} from '#contract';
import { parseStored, type StoredJob } from '#queue';
import { remembered } from '../../http/remembered.js';
import { readPart } from './unreadable-job.js';

/** What both kinds of jobs show in the same way. */
type CommonView = Pick<
  SamplingJob,
  | 'id'
  | 'owner'
  | 'key'
  | 'status'
  | 'createdAt'
  | 'startedAt'
  | 'finishedAt'
  | 'cancelRequestedAt'
  | 'queuePosition'
  | 'error'
  | 'attempts'
>;

type RunView = Pick<SamplingJob, 'timings' | 'warnings' | 'worker'>;

/** What results of both kinds of jobs hold. */
type RunResult = Pick<TrainingJobResult, 'timings' | 'warnings' | 'worker'>;

export function statusOf(job: StoredJob): JobStatus {
  return jobStatus(job);
}

export function hasEnded(status: JobStatus): status is 'succeeded' | 'failed' | 'cancelled' {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

export function commonView(job: StoredJob): CommonView {
  const status = statusOf(job);
  const startedAt = startOf(job);
  return {
    id: job.id,
    owner: jobOwner(job.data),
    key: jobKey(job.data) ?? null,
    status,
    createdAt: toTimestamp(job.createdAt),
    startedAt: startedAt === undefined ? null : toTimestamp(startedAt),
    finishedAt: hasEnded(status) ? toTimestamp(endOf(job)) : null,
    cancelRequestedAt: job.cancel ? toTimestamp(job.cancel.at) : null,
    queuePosition: status === 'queued' ? (job.queuePosition ?? null) : null,
    error: errorOf(job, status),
    attempts: isClearedAway(job) ? (job.cancel?.attempt ?? 0) : job.attempts,
  };
}

export const toTimestamp = remembered((milliseconds: number) => new Date(milliseconds).toISOString());

/** The newest event of one type among those that were read. */
export function newestEvent<Type extends JobEvent['type']>(
  job: StoredJob,
  type: Type,
): Extract<JobEvent, { type: Type }> | undefined {
  const stored = job.newestEvents.find((candidate) => candidate.type === type);
  // A newer release may have written what this one cannot read.
  const event = stored && parseStored(JobEvent, stored.data);
  return event && isOfType(event, type) ? event : undefined;
}

function isOfType<Type extends JobEvent['type']>(
  event: JobEvent,
  type: Type,
): event is Extract<JobEvent, { type: Type }> {
  return event.type === type;
}

/** What both kinds of jobs show of their run: a result knows it best. */
export function runView(job: StoredJob, warnings: readonly Warning[], result: RunResult | undefined): RunView {
  return {
    timings: result ? { denoiseSeconds: null, ...result.timings } : timingsOf(job),
    warnings: mergeWarnings(warnings, newestEvent(job, 'started')?.warnings ?? [], result?.warnings ?? []),
    worker: result?.worker ?? job.worker ?? null,
  };
}

/** The result of a job that has succeeded; an accepted cancel withholds it. @throws UnreadableJob */
export function resultOf<Result extends z.ZodType>(job: StoredJob, schema: Result): z.output<Result> | undefined {
  return statusOf(job) === 'succeeded' ? readPart(schema, job.returnValue, job.id) : undefined;
}

/** Warnings of the submission and of the run, each once. */
function mergeWarnings(...lists: readonly (readonly Warning[])[]): Warning[] {
  const byText = new Map(lists.flat().map((warning) => [`${warning.code} ${warning.message}`, warning]));
  return [...byText.values()];
}

/** Progress of a job whose rows or steps are all done, or none of them. */
export function wholeProgress(total: { rows: number | null; steps: number }, isDone: boolean): JobProgress {
  return {
    completedRows: total.rows === null ? null : isDone ? total.rows : 0,
    totalRows: total.rows,
    completedSteps: isDone ? total.steps : 0,
    totalSteps: total.steps,
  };
}

/**
 * A worker takes a cancelled job that waits once more, to clear it away. That is no attempt, and when it
 * happens is no time of the job: what is shown of its end stays as it was.
 */
function isClearedAway({ cancel, attempts }: StoredJob): boolean {
  return cancel !== undefined && attempts > cancel.attempt;
}

function startOf(job: StoredJob): number | undefined {
  return isClearedAway(job) ? undefined : job.startedAt;
}

function endOf(job: StoredJob): number {
  const { cancel, finishedAt, createdAt } = job;
  if (cancel) return isClearedAway(job) ? cancel.at : Math.max(finishedAt ?? 0, cancel.at);
  return finishedAt ?? createdAt;
}

/** Timings that follow from the job's own times; a result knows them better. */
export function timingsOf(job: StoredJob): SamplingJob['timings'] {
  const startedAt = startOf(job);
  if (startedAt === undefined) return { queuedSeconds: null, runSeconds: null, denoiseSeconds: null };
  return {
    queuedSeconds: Math.max(startedAt - job.createdAt, 0) / 1_000,
    runSeconds: hasEnded(statusOf(job)) ? Math.max(endOf(job) - startedAt, 0) / 1_000 : null,
    denoiseSeconds: null,
  };
}

function errorOf({ cancel, failedReason }: StoredJob, status: JobStatus): CommonView['error'] {
  if (status === 'cancelled') return cancelError(cancel?.reason ?? 'cancelled');
  return status === 'failed' ? parseJobError(failedReason ?? '') : null;
}
