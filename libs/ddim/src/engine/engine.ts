import type { BackendInfo } from './backend.js';
import type { EngineOptions } from './engine-options.js';
import type { EngineRequest, EngineResult } from './request.js';
import type { EngineStats } from './stats.js';

/** Advances the rows of many requests together, a few denoising steps at a time. */
export class Engine {
  private constructor(readonly info: BackendInfo) {}

  /** Starts the engine's threads. @throws BackendError when no provider works */
  static async start(options: EngineOptions): Promise<Engine> {
    throw new Error(`unfinished: ${options.backendModule}`);
  }

  /**
   * Resolves with the request's actions.
   * @throws InputError, CancelledError, BackendError, ModelLoadError, OutOfMemoryError, EngineError
   */
  submit(request: EngineRequest): Promise<EngineResult> {
    return Promise.reject(new Error(`unfinished: ${request.id}`));
  }

  /** How many more requests are worth taking now. */
  capacity(): number {
    return 0;
  }

  stats(): EngineStats {
    throw new Error('unfinished');
  }

  /** Refuses new requests, lets the others run, and aborts what is left after deadlineMs with CancelledError `shutdown`. */
  drain(deadlineMs: number): Promise<void> {
    return Promise.reject(new Error(`unfinished: ${deadlineMs}`));
  }

  /** Drains at once and ends every thread after its current backend call. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
