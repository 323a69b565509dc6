import type { BackendInfo, BackendOptions } from '#engine';
import type { DenoiserParameters, MlpDenoiserConfig, LossWeighting } from '#ddim';

/**
 * All that an optimiser step changes. Maps are keyed by parameter name, arrays have the parameter's shape.
 * Moments are kept as the sums M := β1 M + g and V := β2 V + g², which are Adam's moving averages over 1 - β:
 * a step then needs two multiplications less.
 */
export interface TrainState {
  readonly parameters: DenoiserParameters;
  readonly firstMoments: DenoiserParameters;
  readonly secondMoments: DenoiserParameters;
  readonly ema: DenoiserParameters;
}

/** Fixed for a whole training run: chosen when the graph is built. */
export interface TrainSetup {
  readonly config: MlpDenoiserConfig;
  readonly lossWeighting: LossWeighting;
  readonly adamBetas: readonly [number, number];
  readonly adamEpsilon: number;
  readonly state: TrainState;
}

/** One train batch: B rows; actions and observations normalised. */
export interface TrainBatch {
  readonly numRows: number;
  /** [B,D] clean actions x0. */
  readonly actions: Float32Array;
  /** [B,obsSize]. */
  readonly observations: Float32Array;
  /** [B,D] eps. */
  readonly noise: Float32Array;
  /** [B] network labels. */
  readonly timesteps: Int32Array;
  /** [B] ā_t of each row's timestep, float64. */
  readonly alphaBars: Float64Array;
  /** [B] 1 keeps the condition, 0 replaces it by the null condition. */
  readonly conditionKeep: Float32Array;
  /** [B,D] 1 = element counts in the loss; absent: all do. */
  readonly lossMask?: Float32Array;
  readonly optimiser: OptimiserStep;
}

/** The numbers of one optimiser step; `update` counts applied updates from 1. */
export interface OptimiserStep {
  readonly update: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** 0 = no clipping. */
  readonly gradClipNorm: number;
  readonly emaDecay: number;
}

export interface TrainStepResult {
  readonly loss: number;
  /** Global L2 norm before clipping. */
  readonly gradNorm: number;
  /** False when loss or norm was not finite: nothing changed. */
  readonly applied: boolean;
}

/** Training arithmetic, one per thread. */
export interface TrainBackend {
  readonly info: BackendInfo;
  load(setup: TrainSetup): Promise<LoadedTrainer>;
  close(): Promise<void>;
}

export interface LoadedTrainer {
  trainStep(batch: TrainBatch): Promise<TrainStepResult>;
  /** Loss of `parameters: 'ema'` weights on a batch, nothing changes. */
  evaluate(batch: TrainBatch): Promise<number>;
  /** A copy of the EMA weights. */
  readAverage(): Promise<DenoiserParameters>;
  /** Copies of the present state. */
  readState(): Promise<TrainState>;
  dispose(): Promise<void>;
}

/** What the module at a train backend's URL exports. */
export interface TrainBackendModule {
  createTrainBackend(options: BackendOptions): Promise<TrainBackend>;
}
