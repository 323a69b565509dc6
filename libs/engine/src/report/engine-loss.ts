/** Why an engine is lost. Knows nothing of what is done then. */

import type { EngineError } from '#ddim';

/** Why an engine is lost: only a new process helps. */
export interface EngineLoss {
  /**
   * `failed`: threads keep dying; `hung`: a native call does not end, which nothing but the end of the
   * process can stop.
   */
  readonly status: 'failed' | 'hung';
  readonly error: EngineError;
  /** The model version whose call computed without end: it would do so elsewhere too. */
  readonly culprit: string | undefined;
}
