import type { BackendInfo, BackendOptions } from '#engine';
import type { DdimModel, TrainingConfig } from '#ddim';
import type { TrainingCheckpoint } from './training-checkpoint.js';
import type { DrawnSamples } from './run-draws.js';
import type { TrainingDataset } from './training-dataset.js';

/** What is known at a log point; loss, gradNorm and stepsPerSecond are means since the one before. */
export interface TrainingMetricsPoint {
  /** Updates done, skipped ones included. */
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Global L2 norm of the gradient before clipping. */
  readonly gradNorm: number;
  readonly stepsPerSecond: number;
  /**
   * Loss of the EMA weights on the held-out rows; absent without any, and at some log points where these are
   * dense.
   */
  readonly validationLoss?: number;
  /** Updates of the whole run that were not applied because loss or gradient was not finite. */
  readonly skippedUpdates: number;
}

/** What a run starts from, whatever it runs on and whoever listens. */
export interface TrainingInput {
  readonly config: TrainingConfig;
  readonly dataset: TrainingDataset;
  /** Continues this run instead of starting one. */
  readonly resumeFrom?: TrainingCheckpoint;
  /** Starts from a model's weights, normalisers and output form instead of fresh ones (fine-tuning). */
  readonly initFrom?: DdimModel;
}

export interface TrainingOptions extends TrainingInput {
  /** File URL of a compiled TrainBackendModule. */
  readonly backendModule: string;
  readonly backend: BackendOptions;
  onMetrics(point: TrainingMetricsPoint): void;
  /** Rows that the run drew, if its configuration wants any. */
  onSamples?(drawn: DrawnSamples): void;
  /**
   * Stores a checkpoint; training goes on meanwhile, but the next checkpoint and the end wait for it. A
   * rejection ends the run.
   */
  onCheckpoint(checkpoint: TrainingCheckpoint): Promise<void>;
  /**
   * Stops after the update it is in, with a last checkpoint unless the reason is a CancelledError
   * `cancelled`.
   */
  readonly signal?: AbortSignal;
}

export interface TrainingResult {
  /** With the EMA weights of update `keptStep`. */
  readonly model: DdimModel;
  readonly updates: number;
  /** All its steps were done, or the validation loss fell no more. */
  readonly stopReason: 'steps' | 'early_stopping';
  readonly keptStep: number;
  /** Mean loss since the last log point but one. */
  readonly finalLoss: number;
  /** Of the weights that are kept. */
  readonly validationLoss?: number | undefined;
  /** Spent in updates, over all runs that a resumed one continues. */
  readonly seconds: number;
  readonly info: BackendInfo;
}
