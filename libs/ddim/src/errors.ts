/**
 * Base of every error this library throws: a stable `code` for programs, a message with what was expected and
 * what came.
 */
export class DdimError extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Thrown when the caller's own data or options are wrong; repeating the call cannot help. */
export class InputError extends DdimError {
  /** The option or tensor at fault, as the caller named it. */
  readonly field: string | undefined;

  constructor(code: string, message: string, options?: ErrorOptions & { readonly field?: string }) {
    super(code, message, options);
    this.field = options?.field;
  }
}

/** Thrown when a model's bytes are fine but cannot be loaded by a backend. */
export class ModelLoadError extends DdimError {
  constructor(message: string, options?: ErrorOptions) {
    super('model_load_failed', message, options);
  }
}

/** Thrown when a backend's arithmetic failed; the caller still holds the state before the call. */
export class BackendError extends DdimError {
  constructor(message: string, options?: ErrorOptions) {
    super('backend_error', message, options);
  }
}

/**
 * Thrown when the device itself is gone (a reset of its driver, a device that fell off the bus): nothing more
 * can be computed by this backend. An engine thread ends at once, its rows go on elsewhere, and another
 * thread takes its place.
 */
export class DeviceLostError extends BackendError {}

/** Thrown when a backend ran out of memory; a smaller batch may work. */
export class OutOfMemoryError extends DdimError {
  constructor(message: string, options?: ErrorOptions) {
    super('out_of_memory', message, options);
  }
}

/** Thrown when the engine gives up on a request or on itself. */
export class EngineError extends DdimError {}

export type InterruptReason = 'cancelled' | 'superseded' | 'deadline' | 'shutdown';

/** Thrown to whoever waits for work that was stopped on purpose. */
export class CancelledError extends DdimError {
  constructor(
    readonly reason: InterruptReason,
    message = `stopped: ${reason}`,
    options?: ErrorOptions,
  ) {
    super(reason === 'deadline' ? 'deadline_exceeded' : reason, message, options);
  }
}

/** Closes a `switch` over a union: a new member fails to compile here. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected value ${String(value)}`);
}
