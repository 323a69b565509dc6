/** All that an engine gets when it starts. Knows nothing of what is done with it. */

import type { BackendOptions, ModelSource } from './backend/backend.js';
import type { EngineLoss } from './report/engine-loss.js';
import type { EngineObserver } from './report/observer.js';
import type { PolicyFactory } from './scheduling/policy.js';
import type { VerdictStore } from './models/verdict-memory.js';
import { SAMPLING_LIMITS } from '#ddim';

export interface EngineOptions {
  /** File URL of a compiled BackendModule; see compiledModuleUrl. */
  readonly backendModule: string;
  readonly backend: BackendOptions;
  /**
   * Engine threads; default: one per core that this process may use, or one per device where the backend says
   * so.
   */
  readonly threads?: number;
  /** Where a backend has one thread per device: those that are used, one thread each; default: the first. */
  readonly devices?: readonly string[];
  /** The largest batch of one backend call; default: the backend's. */
  readonly maxBatchRows?: number | undefined;
  /** Loaded models of all threads together stay below this. */
  readonly modelMemoryBytes: number;
  /** Fetches and verifies a model version; called once per version until it is evicted. */
  loadModel(version: string): Promise<ModelSource>;
  /** What earlier starts found out about models, so that this one need not. */
  readonly verdicts?: VerdictStore;
  /** Which rows run next; default: RowScheduler. */
  readonly policy?: PolicyFactory;
  readonly observer?: EngineObserver;
  /** Called when the engine is lost, before its requests are let go; a rejection changes nothing. */
  readonly onLost?: (loss: EngineLoss) => Promise<void>;
  /** Refused beyond this, with `limit_exceeded`. */
  readonly limits?: Partial<EngineLimits>;
}

/** What one engine takes on; a request beyond it is refused and names the limit. */
export interface EngineLimits {
  readonly rowsPerRequest: number;
  readonly rows: number;
  /** Row state, inputs and results. */
  readonly requestBytes: number;
}

export const DEFAULT_LIMITS: EngineLimits = {
  rowsPerRequest: SAMPLING_LIMITS.rows,
  rows: 4 * SAMPLING_LIMITS.rows,
  requestBytes: SAMPLING_LIMITS.bytes,
};
