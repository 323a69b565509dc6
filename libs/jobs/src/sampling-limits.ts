import { DEFAULT_LIMITS } from '#ddim';

/**
 * What one sampling job may ask for. The API refuses more, and an engine takes as much when it holds nothing else: a job that was
 * accepted has a place to run.
 */
export const SAMPLING_LIMITS = {
  rows: DEFAULT_LIMITS.rowsPerRequest,
  /** Rows x steps. */
  rowSteps: 1_000_000,
  /** Of `requestBytes`: states, conditions, results and inputs of all rows. */
  bytes: DEFAULT_LIMITS.requestBytes,
} as const;
