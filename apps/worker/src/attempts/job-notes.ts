import type { Job } from 'bullmq';
import type { JobSize } from '#contract';
import type { PublishedEnd, StartVerdict } from '#queue';
import { JobTrace } from './job-trace.js';

const NOTES = Symbol('notes');

/** What a worker knows of a job as long as it has it. */
class JobNotes {
  /** What it counts for while it is here. */
  held: JobSize | undefined = undefined;
  /** What was said of it when it was taken; undefined: it was taken by other means. */
  verdict: StartVerdict | undefined = undefined;
  trace: JobTrace | undefined = undefined;
  /** What came of publishing a success with its record. */
  published: PublishedEnd | undefined = undefined;
}

/**
 * They lie in the job itself. A WeakMap would do, but a collection of the nursery keeps all that is in one,
 * whether its keys live or not.
 */
export function notesOf(job: object): JobNotes {
  const noted: { [NOTES]?: JobNotes } = job;
  return (noted[NOTES] ??= new JobNotes());
}

type TracedJob = Pick<Job, 'attemptsStarted'>;

/** Begins the trace of an attempt, which BullMQ's job stands for. */
export function beginTrace(job: TracedJob): JobTrace {
  return (notesOf(job).trace = new JobTrace(job.attemptsStarted));
}

/** The trace of an attempt as the job's record holds it, if it has one. */
export function traceOf(job: TracedJob): string | undefined {
  return notesOf(job).trace?.text;
}
