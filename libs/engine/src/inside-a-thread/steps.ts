/** What the two kinds of steps have in common for a run. Knows neither of them. */

import type { MacroStep } from '../backend/backend.js';
import type { Batch } from './batch.js';

/** How the rows of one batch advance: what the backend is asked, and what is left to do with its answer. */
export interface Steps {
  readonly batch: Batch;
  /** Time spent drawing step noise for the last macro-step, and for how many rows. */
  readonly noise: { readonly ms: number; readonly rows: number };
  /** The tables of the next K steps; valid until the next call. */
  prepare(stepsPerCall: number): MacroStep;
  /** Brings the batch's states, and its x0, to where the backend's answer leads. */
  finish(): void;
}
