/**
 * Errors on their way between threads, where classes are lost. Knows nothing of who fails, and of retries.
 */

import { BackendError, DdimError, InputError, ModelLoadError, OutOfMemoryError } from '#ddim';

/** An error on its way between threads, where classes are lost. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** An error without a code of its own came from a backend. */
export function asFailure(error: unknown): Failure {
  if (error instanceof DdimError) return { code: error.code, message: error.message };
  return { code: 'backend_error', message: error instanceof Error ? error.message : String(error) };
}

/** The error that the failure was; codes without a class of their own are the request's fault. */
export function asError({ code, message }: Failure): DdimError {
  switch (code) {
    case 'backend_error':
      return new BackendError(message);
    case 'out_of_memory':
      return new OutOfMemoryError(message);
    case 'model_load_failed':
      return new ModelLoadError(message);
    default:
      return new InputError(code, message);
  }
}
