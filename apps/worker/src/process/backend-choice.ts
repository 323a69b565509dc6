import { InputError } from '#ddim';
import { InvalidConfigError } from '#server';
import type { BackendChoice } from '#training';
import { backendOf, type WorkerConfig } from './worker.config.js';

/** Injection token of the BackendChoice. */
export const BACKEND_CHOICE = Symbol('BackendChoice');

/**
 * Finds out what this worker runs on, once for all of its threads.
 * @throws InvalidConfigError when the configuration names what is not there; EngineError `no_provider`
 */
export async function chooseBackend(config: WorkerConfig): Promise<BackendChoice> {
  try {
    return await backendOf(config).choose({ providers: config.STRIDE_PROVIDER, devices: config.STRIDE_DEVICES });
  } catch (error) {
    throw error instanceof InputError ? new InvalidConfigError(error.code, error.message) : error;
  }
}
