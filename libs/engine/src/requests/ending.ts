/** How a request can end. Knows nothing of what becomes of it then. */

import { CancelledError, DdimError, EngineError, type InterruptReason } from '#ddim';

export type Ending =
  | { readonly kind: 'completed' }
  | { readonly kind: 'cancelled'; readonly reason: InterruptReason }
  | { readonly kind: 'failed'; readonly error: DdimError };

/** Whether it can go on elsewhere. */
export function isHandOver(ending: Ending): boolean {
  return ending.kind === 'cancelled' && ending.reason === 'shutdown';
}

/** The end of a request for which something was thrown. */
export function endingBy(error: unknown): Ending {
  if (error instanceof CancelledError) return { kind: 'cancelled', reason: error.reason };
  if (error instanceof DdimError) return { kind: 'failed', error };
  return { kind: 'failed', error: new EngineError('internal_error', String(error), { cause: error }) };
}
