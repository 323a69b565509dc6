import type { EndedJob, LatencyLimit, LoadRun } from './load.js';
import { nearestRank, type Percentiles, summarize } from './percentiles.js';

/** What one run of load says about the service. */
export interface LoadSummary {
  /** Of jobs that succeeded in the measured time, however long ago they were sent. */
  readonly jobsPerSecond: number;
  readonly rowsPerSecond: number;
  readonly rowStepsPerSecond: number;
  /** Of jobs that were due in the measured time and succeeded, however late; undefined when none did. */
  readonly latencyMs: Percentiles | undefined;
  /** Jobs that were due in the measured time and did not succeed, by code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly clientRatio: number;
  readonly gaveUp: boolean;
}

export function summarizeRun(run: LoadRun): LoadSummary {
  const { jobs, from, to, clientRatio, gaveUp } = run;
  const seconds = (to - from) / 1e3;
  const ended = jobs.filter(({ endedAt, error }) => endedAt >= from && endedAt < to && error === undefined);
  const perSecond = (amount: (job: EndedJob) => number): number =>
    ended.reduce((sum, job) => sum + amount(job), 0) / seconds;
  const latencies = dueJobs(run).flatMap(({ dueAt, endedAt, error }) => (error === undefined ? [endedAt - dueAt] : []));
  return {
    jobsPerSecond: perSecond(() => 1),
    rowsPerSecond: perSecond(({ size }) => size.rows),
    rowStepsPerSecond: perSecond(({ size }) => size.rows * size.steps),
    latencyMs: latencies.length === 0 ? undefined : summarize(latencies),
    errors: countErrors(dueJobs(run)),
    clientRatio,
    gaveUp,
  };
}

/** Whether the limit was kept; a job that failed was late. */
export function keepsLimit(run: LoadRun, { percent, ms }: LatencyLimit): boolean {
  if (run.gaveUp) return false;
  const due = dueJobs(run);
  const inTime = due.filter(({ dueAt, endedAt, error }) => error === undefined && endedAt - dueAt <= ms);
  return due.length > 0 && inTime.length >= nearestRank(due.length, percent);
}

/** How often each code ended a job, for people; `0` when none did. */
export function describeErrors(errors: Readonly<Record<string, number>>): string {
  const counted = Object.entries(errors).map(([code, count]) => `${code} ${count}`);
  return counted.length === 0 ? '0' : counted.join(', ');
}

function dueJobs({ jobs, from, to }: LoadRun): EndedJob[] {
  return jobs.filter(({ dueAt }) => dueAt >= from && dueAt < to);
}

function countErrors(jobs: readonly EndedJob[]): Record<string, number> {
  const errors: Record<string, number> = {};
  for (const { error } of jobs) if (error !== undefined) errors[error] = (errors[error] ?? 0) + 1;
  return errors;
}
