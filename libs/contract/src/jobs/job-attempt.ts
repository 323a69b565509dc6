import type { JobKind } from '../kinds.js';

/** Names an attempt of a job; `attemptsStarted` is BullMQ's, which grows with each. */
export interface JobAttempt {
  readonly kind: JobKind;
  readonly jobId: string;
  readonly attemptsStarted: number;
}
