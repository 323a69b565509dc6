import type { Queue } from 'bullmq';

/** Thrown when Redis cannot be reached: nothing was accepted, and nothing will be. */
export class QueueUnavailableError extends Error {
  readonly code: 'queue_unavailable' | 'outcome_unknown' = 'queue_unavailable';
  readonly retryAfterSeconds = 2;

  constructor(options?: ErrorOptions, message = 'the job queue is not reachable, nothing was accepted; try again') {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Thrown when Redis was asked to accept something and has not answered in time. */
export class OutcomeUnknownError extends QueueUnavailableError {
  override readonly code = 'outcome_unknown';

  constructor(options?: ErrorOptions) {
    super(
      options,
      'the job queue did not answer in time: the request was accepted by now, or never will be; repeat it with the same Idempotency-Key to find out',
    );
  }
}

/** What to throw for a command that may have been sent: only one that never left is known to do nothing. */
export function outcomeOf(error: unknown): unknown {
  if (!(error instanceof QueueUnavailableError)) return error;
  const { cause } = error;
  const wasNeverSent = cause instanceof Error && cause.message.includes('enableOfflineQueue');
  return wasNeverSent ? error : new OutcomeUnknownError({ cause });
}

/**
 * A queue that refuses instead of buffering: an `add` that was made before the first connect would be
 * executed later, as a job that nobody knows about.
 */
export class GatedQueue {
  #client: { readonly status: string } | undefined;

  constructor(readonly queue: Queue) {
    // what `waitUntilReady` waits for: who has waited is not refused
    queue.getBackend().client.then(
      (client) => (this.#client = client),
      () => undefined, // closed before it was ever ready: every add is refused
    );
  }

  /** @throws QueueUnavailableError while Redis is away */
  requireReady(): void {
    if (this.#client?.status !== 'ready') throw new QueueUnavailableError();
  }
}

/** @throws QueueUnavailableError when the promise takes longer or fails with a connection's error */
export function withDeadline<Value>(promise: Promise<Value>, deadlineMs: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    // One more turn: when this process is late, the answer may lie in the socket, which is read after the
    // timers.
    const timer = setTimeout(() => setImmediate(() => reject(new QueueUnavailableError())), deadlineMs);
    promise.then(
      (value) => (clearTimeout(timer), resolve(value)),
      (error: unknown) => (
        clearTimeout(timer),
        reject(isConnectionError(error) ? new QueueUnavailableError({ cause: error }) : error)
      ),
    );
  });
}

/** Whether an error says that Redis did not answer, rather than that it refused. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    error.name === 'MaxRetriesPerRequestError' ||
    /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|NR_CLOSED)/.test(code) ||
    /Connection is closed|Stream isn't writeable|Command timed out|enableOfflineQueue/.test(error.message)
  );
}
