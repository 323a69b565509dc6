import { DdimError } from '#ddim';

/** What keeps a system of processes from starting. */
type SystemProblem =
  'directory_unusable' | 'directory_in_use' | 'redis_missing' | 'redis_unusable' | 'port_in_use' | 'program_failed';

/** Thrown when a system, or a program of it, cannot be started; the message says what to do. */
export class SystemError extends DdimError {
  constructor(
    override readonly code: SystemProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
  }
}
