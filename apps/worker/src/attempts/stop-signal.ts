import { CancelledError } from '#ddim';

/**
 * The attempt's signal with a reason that engine and training loop understand: who gives the job back keeps
 * what is done.
 */
export function stopSignal(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort(new CancelledError(cancelReason(signal.reason)));
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
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
