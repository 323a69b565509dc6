import { CancelledError } from '#ddim';
import type { Interruption } from '#engine';

/**
 * Whether and why an attempt is to stop: what is needed here of an AbortSignal. Those of Node outlive several
 * collections of the nursery, and each job would leave its own.
 */
export class AttemptStop implements Interruption {
  #isAborted = false;
  #reason: unknown;
  readonly #listeners = new Set<() => void>();

  get aborted(): boolean {
    return this.#isAborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  /** The first reason counts. */
  abort(reason: unknown): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#reason = reason;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  /** Calls back once, when it is aborted. */
  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** @throws the reason */
  throwIfAborted(): void {
    if (this.#isAborted) throw this.#reason;
  }
}

/**
 * A stop of the work of an attempt, with a reason that engine and training loop understand: who gives the job
 * back keeps what is done.
 */
export function workStop(attempt: AttemptStop): AttemptStop {
  const work = new AttemptStop();
  const abort = () => work.abort(new CancelledError(cancelReason(attempt.reason)));
  if (attempt.aborted) abort();
  else attempt.addEventListener('abort', abort);
  return work;
}

/** For what needs more of a signal. */
export function abortSignal(stop: Interruption): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort(stop.reason);
  if (stop.aborted) abort();
  else stop.addEventListener('abort', abort);
  return controller.signal;
}

/**
 * @param reason a StopReason; a lost lock stops the work like a cancel does and a pause like the end of the
 * worker, and the attempt knows the difference
 */
function cancelReason(reason: unknown): 'cancelled' | 'superseded' | 'shutdown' {
  if (reason === 'paused') return 'shutdown';
  return reason === 'shutdown' || reason === 'superseded' ? reason : 'cancelled';
}
