import { DelayedError, UnrecoverableError, WaitingError, type Job } from 'bullmq';
import { CancelledError, DdimError, EngineError, InputError } from '#ddim';
import { cancelError, encodeJobError, JobErrorCode, UNEXPECTED_FAILURE, type JobError } from '#contract';
import { StorageError } from '#storage';
import type { AttemptStop } from './attempt-stop.js';

/** How an attempt that did not succeed ends. */
export type AttemptEnd =
  | { readonly kind: 'cancelled'; readonly error: JobError }
  /**
   * The worker is about to end, takes no jobs, or holds all that it can: back to the queue, at no cost to the
   * job. At once it goes to the head; after a while behind others of its class, so that it is not taken again
   * and again by whoever cannot run it now.
   */
  | { readonly kind: 'handed-over'; readonly afterMs: number }
  /** To be paused: out of the queue, at no cost to the job. */
  | { readonly kind: 'paused' }
  /**
   * It had a part in the loss of the engine: back to the queue, and this start stays counted as one that
   * ended a worker.
   */
  | { readonly kind: 'suspect'; readonly reason: string }
  /** Bytes could not be read or written: whose fault that is, the store has to be asked. */
  | { readonly kind: 'store-fault'; readonly error: StorageError }
  /** Another worker has the job; nothing of this attempt may be shown. */
  | { readonly kind: 'lock-lost' }
  | { readonly kind: 'failed'; readonly error: JobError; readonly retry: boolean };

/** An end that needs no further question. */
export type SettledEnd = Exclude<AttemptEnd, { kind: 'store-fault' }>;

/** A request that does not fit beside those that run waits for some of them to end. */
const ENGINE_FULL_MS = 500;

/** Thrown when the records say that another attempt has the job by now, or that its end was published. */
export class AttemptOverError extends Error {
  constructor() {
    super('another attempt has the job, or it has ended');
    this.name = 'AttemptOverError';
  }
}

/** Thrown when the records say that the job is paused. */
export class JobPausedError extends Error {
  constructor() {
    super('the job is paused');
    this.name = 'JobPausedError';
  }
}

/** Codes that repeat with every attempt: the same request gives the same bytes, and so the same failure. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  'non_finite_result',
  'non_finite_loss',
  'deadline_exceeded',
  'poisonous_job',
]);

/** What an error means for the job. @param stop the attempt's; its reason is a StopReason */
export function attemptEnd(error: unknown, stop: Pick<AttemptStop, 'aborted' | 'reason'>): AttemptEnd {
  if (isLoss(error)) return { kind: 'suspect', reason: error.message };
  if (error instanceof AttemptOverError) return { kind: 'lock-lost' };
  if (error instanceof JobPausedError) return { kind: 'paused' };
  const reason: unknown = error instanceof CancelledError && !stop.aborted ? error.reason : stop.reason;
  switch (reason) {
    case 'cancelled':
    case 'superseded':
      return { kind: 'cancelled', error: cancelError(reason) };
    case 'shutdown':
      return { kind: 'handed-over', afterMs: 0 };
    case 'paused':
      return { kind: 'paused' };
    case 'lock-lost':
      return { kind: 'lock-lost' };
    default:
      if (error instanceof EngineError && error.code === 'engine_full')
        return { kind: 'handed-over', afterMs: ENGINE_FULL_MS };
      return error instanceof StorageError ? { kind: 'store-fault', error } : failure(error);
  }
}

/** Throws what makes BullMQ do it. @param letGo gives a job that is to be paused back @throws always */
export async function finishAttempt(
  end: SettledEnd,
  { job, token }: { readonly job: Job; readonly token: string | undefined },
  letGo: () => Promise<boolean>,
): Promise<never> {
  switch (end.kind) {
    case 'handed-over':
      if (end.afterMs === 0) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      await job.moveToDelayed(Date.now() + end.afterMs, token);
      throw new DelayedError();
    case 'paused':
      if (await letGo()) throw new WaitingError();
      throw new LockLostError();
    case 'suspect':
      await job.moveToWait(token);
      throw new WaitingError();
    case 'lock-lost':
      throw new LockLostError();
    case 'cancelled':
      throw new UnrecoverableError(encodeJobError(end.error));
    case 'failed':
      throw end.retry ? new Error(encodeJobError(end.error)) : new UnrecoverableError(encodeJobError(end.error));
  }
}

/** What BullMQ gets of an attempt whose job is another worker's by now. */
class LockLostError extends Error {
  constructor() {
    super('the lock was lost; another worker has the job');
    this.name = 'LockLostError';
  }
}

/** Whether it says that native code died or does not come back, with this job in its hands. */
function isLoss(error: unknown): error is EngineError {
  return error instanceof EngineError && (error.code === 'engine_failed' || error.code === 'training_hung');
}

function failure(error: unknown): SettledEnd {
  if (!(error instanceof DdimError)) return { kind: 'failed', error: UNEXPECTED_FAILURE, retry: true };
  const known = JobErrorCode.safeParse(error.code);
  const fault = error instanceof InputError ? 'invalid_request' : 'internal_error';
  const code = known.success ? known.data : fault;
  const retry = !(error instanceof InputError || FINAL_CODES.has(error.code));
  return { kind: 'failed', error: { code, message: error.message }, retry };
}
