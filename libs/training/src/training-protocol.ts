import type { BackendInfo, BackendOptions, Failure } from '#engine';
import type { TrainingCheckpoint } from './training-checkpoint.js';
import type { DrawnSamples } from './run-draws.js';
import type { TrainingInput, TrainingMetricsPoint } from './training-options.js';
import type { TrainingOutcome } from './training-run.js';

/** What the program of a training thread is started with. */
export interface TrainingThreadStart {
  readonly backendModule: string;
  readonly backend: BackendOptions;
  readonly input: TrainingInput;
  /** [1], shared: a StopRequest, looked at between two updates. */
  readonly control: Int32Array;
  /** Words of its CallClock. */
  readonly clock: Int32Array;
}

/** Values of the control word. */
export const STOP = { none: 0, checkpoint: 1, discard: 2 } as const;

/** What a training thread says. */
export type TrainingReport =
  | { readonly kind: 'metrics'; readonly point: TrainingMetricsPoint }
  | { readonly kind: 'samples'; readonly drawn: DrawnSamples }
  /** Arrays are handed over; the thread waits for an answer before the next one. */
  | { readonly kind: 'checkpoint'; readonly checkpoint: TrainingCheckpoint }
  | { readonly kind: 'ended'; readonly outcome: TrainingOutcome; readonly info: BackendInfo }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** What it gets: whether the last checkpoint was stored. */
export type TrainingCommand = { readonly kind: 'stored' } | { readonly kind: 'notStored' };
