import { DdimError } from '#ddim';
import { InvalidConfigError } from '#server';
import type { BackendChoice } from '#training';
import { backendOf, type WorkerConfig } from './worker.config.js';

/** Injection token of the BackendChoice. */
export const BACKEND_CHOICE = Symbol('BackendChoice');

/**
 * Finds out what this worker runs on, once for all of its threads.
 * @throws InvalidConfigError `unknown_device`, `no_provider` when the configuration names what is not there
 */
export async function chooseBackend(config: WorkerConfig): Promise<BackendChoice> {
  try {
    return await backendOf(config).choose({ providers: config.STRIDE_PROVIDER, devices: config.STRIDE_DEVICES });
  } catch (error) {
    throw error instanceof DdimError ? new InvalidConfigError(error.code, error.message) : error;
  }
}
