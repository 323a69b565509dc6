import { z } from 'zod';
import type { CancelReason } from './job-error.js';

export const JobStatus = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']);
export type JobStatus = z.output<typeof JobStatus>;

/** What an accepted cancel left in the job's ledger. `attempt`: BullMQ's attemptsStarted at that moment. */
export interface CancelRecord {
  readonly at: number;
  readonly attempt: number;
  readonly reason: CancelReason;
}

/**
 * The one place where BullMQ's state and our ledger become a status. An accepted cancel is final: a queued
 * job is cancelled at once, a running one when that attempt lets go; no later attempt turns it back.
 */
export function jobStatus(state: string, attemptsStarted: number, cancel: CancelRecord | undefined): JobStatus {
  if (cancel) return state === 'active' && attemptsStarted === cancel.attempt ? 'running' : 'cancelled';
  switch (state) {
    case 'active':
      return 'running';
    case 'completed':
      return 'succeeded';
    case 'failed':
      return 'failed';
    default:
      return 'queued';
  }
}
