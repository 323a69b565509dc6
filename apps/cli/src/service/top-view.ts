import type { Job } from '../jobs/follow-job.js';
import { formatTable } from '../terminal/table.js';
import type { SystemSnapshot } from './system-snapshot.js';
import { doneRatio, jobTable, milliseconds, queueTable, workerTable } from './tables.js';

export const JOB_ORDERS = ['state', 'age', 'progress'] as const;
export type JobOrder = (typeof JOB_ORDERS)[number];

interface TopView {
  readonly order: JobOrder;
  /** Lines at most; the list of jobs gives way. */
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Everything that `stride top` says about a moment, as lines. */
export function renderSystem({ stats, workers, jobs }: SystemSnapshot, { order, rows, now }: TopView): string[] {
  const above = [
    summary(stats),
    '',
    ...linesOf(queueTable(stats)),
    '',
    ...(workers === undefined ? ['workers: a key with the scope admin sees them'] : linesOf(workerTable(workers))),
    '',
  ];
  const room = Math.max(rows - above.length - 1, 0);
  const shown = sorted(jobs, order).slice(0, room);
  return [...above, ...(jobs.length === 0 ? [NO_JOBS] : linesOf(jobTable(shown, now)))].slice(0, rows);
}

const NO_JOBS = 'no jobs yet: stride train --model NAME --dataset NAME, stride sample --model NAME';
const STATE_ORDER = ['running', 'paused', 'queued', 'failed', 'cancelled', 'succeeded'];

/** Beyond the newest first. */
const COMPARE: Readonly<Record<JobOrder, ((a: Job, b: Job) => number) | undefined>> = {
  age: undefined,
  progress: (a, b) => doneRatio(b) - doneRatio(a),
  state: (a, b) => STATE_ORDER.indexOf(a.status) - STATE_ORDER.indexOf(b.status),
};

function summary({
  workers,
  rowsRunning,
  rowsWaiting,
  samplesPerSecond,
  rowStepsPerSecond,
  stepSeconds,
}: Stats): string {
  const step =
    stepSeconds === null
      ? 'no step in the last minute'
      : `step p50 ${milliseconds(stepSeconds.p50)} ms, p95 ${milliseconds(stepSeconds.p95)} ms, p99 ${milliseconds(stepSeconds.p99)} ms`;
  return [
    `${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    `rows ${rowsRunning} running, ${rowsWaiting} waiting`,
    `${samplesPerSecond.toFixed(1)} samples/s`,
    `${rowStepsPerSecond.toFixed(0)} row-steps/s`,
    step,
  ].join(' · ');
}

type Stats = SystemSnapshot['stats'];

function linesOf({
  header,
  rows,
}: {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}) {
  return formatTable(header, rows).split('\n');
}

function sorted(jobs: readonly Job[], order: JobOrder): Job[] {
  const newestFirst = [...jobs].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  const compare = COMPARE[order];
  return compare === undefined ? newestFirst : newestFirst.sort(compare);
}
