import { z } from 'zod';
import type { CancelReason } from './job-error.js';

export const JobStatus = z.enum(['queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled']);
export type JobStatus = z.output<typeof JobStatus>;

/** What an accepted cancel left in the job's ledger. `attempt`: BullMQ's attemptsStarted at that moment. */
export interface CancelRecord {
  readonly at: number;
  readonly attempt: number;
  readonly reason: CancelReason;
}

/** What of a job decides its status. */
interface JobFacts {
  /** BullMQ's. */
  readonly state: string;
  /** BullMQ's attemptsStarted. */
  readonly attempts: number;
  readonly cancel: CancelRecord | undefined;
  /** When a pause was accepted that nobody has ended since. */
  readonly pausedAt: number | undefined;
}

/**
 * The one place where BullMQ's state and our ledger become a status. An accepted cancel is final: a queued
 * job is cancelled at once, a running one when that attempt lets go; no later attempt turns it back. A job
 * whose pause was accepted is paused once nobody runs it.
 */
export function jobStatus({ state, attempts, cancel, pausedAt }: JobFacts): JobStatus {
  if (cancel) return state === 'active' && attempts === cancel.attempt ? 'running' : 'cancelled';
  switch (state) {
    case 'active':
      return 'running';
    case 'completed':
      return 'succeeded';
    case 'failed':
      return 'failed';
    default:
      return pausedAt === undefined ? 'queued' : 'paused';
  }
}
