/**
 * The contract of every denoiser arithmetic: what an engine asks of it, and what it may rely on. Knows no
 * backend, no request and no thread.
 */

import type { DenoiserConfig, DenoiserParameters, MlpDenoiserConfig, Precision } from '#ddim';
import type { CallTimer } from './call-timer.js';

/**
 * Rows of the calls with which a freshly loaded model is timed: two batch sizes give a first c(B) = c0 + c1
 * B; real batches then correct it.
 */
export const CALIBRATION_ROWS: readonly number[] = [1, 16];

/** What this engine thread really runs on. */
export interface BackendInfo {
  /** Name of the backend: onnx, tfjs. */
  readonly kind: string;
  /** ONNX Runtime's execution provider, or TensorFlow.js' own backend name. */
  readonly provider: string;
  readonly device: string;
  readonly version: string;
  /** Names that `BackendOptions.device` may have here, the first one's first; absent: there is but one. */
  readonly devices?: readonly string[];
  /** Providers that were tried first, each with the reason why it was not taken. */
  readonly rejected: ReadonlyArray<{ readonly provider: string; readonly reason: string }>;
}

export interface BackendCapabilities {
  /** The most steps of one `advance`. */
  readonly maxStepsPerCall: number;
  /**
   * So many steps per call pay, however slow they are: 1 on a CPU, more where state travels to a device and
   * back with every call.
   */
  readonly cheapStepsPerCall: number;
  /** The largest batch worth its memory, unless an engine gets another. */
  readonly maxBatchRows: number;
  /** CPU: one backend per core; WebGPU, CUDA and TensorFlow.js: one per device. */
  readonly threadsPerDevice: 'cores' | 1;
  readonly precisions: readonly Precision[];
}

/** What a backend is asked to run on; read once, when an engine thread starts. */
export interface BackendOptions {
  /**
   * Execution providers in order of preference; empty: cuda, webgpu, cpu. A single forced provider fails
   * loudly.
   */
  readonly providers: readonly string[];
  /** One of `BackendInfo.devices`; absent: the first. */
  readonly device?: string;
}

/** Everything needed to load one version of our own network; parameters may lie on a SharedArrayBuffer. */
export interface MlpModelSource {
  readonly version: string;
  /** SHA-256 of the stored model, if what is found out about it may be remembered. */
  readonly sha256?: string;
  readonly config: MlpDenoiserConfig;
  readonly parameters: DenoiserParameters;
}

/** Everything needed to load one version of an imported denoiser; the file may lie on a SharedArrayBuffer. */
export interface ImportedModelSource {
  readonly version: string;
  /** SHA-256 of the stored model, if what is found out about it may be remembered. */
  readonly sha256?: string;
  readonly config: DenoiserConfig;
  /** An ONNX file: sample, timestep and (unless obsSize is 0) condition in, F out. */
  readonly file: Uint8Array;
  /** [obsSize], normalised; absent: no guidance. */
  readonly nullCondition?: Float32Array | undefined;
}

export type ModelSource = MlpModelSource | ImportedModelSource;

export function isImported(source: ModelSource): source is ImportedModelSource {
  return 'file' in source;
}

/**
 * Numbers of one row's condition: our network sees an encoded observation, an imported one the observation
 * itself.
 */
export function conditionSize(source: ModelSource): number {
  return isImported(source) ? source.config.obsSize : source.config.hiddenSize;
}

/** Bytes of the model's weights. */
export function modelBytes(source: ModelSource): number {
  if (isImported(source)) return source.file.byteLength;
  let bytes = 0;
  for (const array of source.parameters.values()) bytes += array.byteLength;
  return bytes;
}

/** What a load gets beside the model. */
export interface LoadTerms {
  /** Times the calls of the self-test. */
  readonly timer: CallTimer;
  /** What the self-test of the same weights on the same device has found before: it is not run again. */
  readonly batchInvariant: boolean | undefined;
}

/** What was asked of a device since its backend was made; a call costs the difference of two copies. */
export interface DeviceCounters {
  /** Kernels that ran, those of a graph one by one. */
  readonly dispatches: number;
  /** How often the device was set to work: by a queue's submission, the launch of a kernel or of a graph. */
  readonly submissions: number;
  readonly uploads: number;
  readonly downloads: number;
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
}

/**
 * One denoiser arithmetic, one per engine thread and device. Calls on one backend never overlap. Every call
 * may throw DeviceLostError, after which no other call is made.
 */
export interface DenoiserBackend {
  readonly info: BackendInfo;
  readonly capabilities: BackendCapabilities;
  /** Of kernels of our own; libraries do not say. */
  readonly counters?: DeviceCounters;
  /** Loads a model version and runs its self-test. @throws ModelLoadError */
  load(model: ModelSource, precision: Precision, terms?: LoadTerms): Promise<LoadedDenoiser>;
  close(): Promise<void>;
}

/** A model version ready to run. The caller owns all arrays; nothing is kept after a call. */
export interface LoadedDenoiser {
  /** Found by the self-test, on this device: a row's bytes do not depend on its neighbours. */
  readonly batchInvariant: boolean;
  /**
   * It draws noise from `MacroStep.noise.streams` where they are given: the same series as the host's, up to
   * the last bits of a number. With z it works as all others do.
   */
  readonly drawsNoise?: boolean;
  /** Encodes `count` distinct observations, [N,obsSize] normalised, into conditions [N,H], overwritten. */
  encodeObservations(observations: Float32Array, conditions: Float32Array, count: number): Promise<void>;
  /** K steps of B rows; on BackendError `x` and `x0` mean nothing, the caller still holds the old state. */
  advance(macroStep: MacroStep): Promise<void>;
  dispose(): Promise<void>;
}

/** B rows, K = stepsPerCall, D = outputSize, H = condition size; structure of arrays, row-major. */
export interface MacroStep {
  readonly numRows: number;
  readonly stepsPerCall: number;
  /**
   * x is still what the last call wrote, and all but the noise and what has a K in its shape is as it was
   * there: a device may go on with what it holds. Absent: nothing is known.
   */
  readonly continues?: boolean;
  /**
   * [B,D] in: x_t; out: x after K steps. For a 'raw' plan, K = 1: F, finished by finishStep in the thread.
   */
  readonly x: Float32Array;
  /**
   * [B,D] out: predicted x0 of the last step; absent unless somebody wants to see it, since it may have to
   * travel from a device.
   */
  readonly x0?: Float32Array | undefined;
  /** [R,H]; R = B + number of guided rows. */
  readonly conditions: Float32Array;
  /** [K,B] network labels. */
  readonly timesteps: Int32Array;
  /** [K,B,8] a b c d e s lo hi. */
  readonly coefficients: Float32Array;
  /** z [K,M,D], row 0 of every step zero; index [B] into the M rows; M = 1 when no row draws noise. */
  readonly noise: {
    readonly z: Float32Array;
    readonly index: Int32Array;
    /**
     * [B,4] key (2 words), row and first step of each row's stream, as `streamKey` and `fillNormal` of
     * #ddim have them. For a denoiser that draws noise itself: then M = 1, and index 0 still means zeros.
     */
    readonly streams?: Uint32Array;
  };
  /** Gather form of classifier-free guidance: source [R], condIndex, nullIndex and scale [B]. */
  readonly guidance?: {
    readonly source: Int32Array;
    readonly condIndex: Int32Array;
    readonly nullIndex: Int32Array;
    readonly scale: Float32Array;
  };
  /** keep, y, z0 [Q,D] (row 0: ones, zeros, zeros); index [B]; levels [K,B,2] = √ā, √(1-ā) after the step. */
  readonly fixedActions?: {
    readonly keep: Float32Array;
    readonly y: Float32Array;
    readonly z0: Float32Array;
    readonly index: Int32Array;
    readonly levels: Float32Array;
  };
  /**
   * weights w, y [Q,D] (row 0: zeros); index [B]; pull p [K,B]: x' + ((y - x0) w) p, before fixed actions.
   */
  readonly realTimeChunking?: {
    readonly weights: Float32Array;
    readonly y: Float32Array;
    readonly index: Int32Array;
    readonly pull: Float32Array;
  };
}

/** What the module at a backend's URL exports; engine threads import it dynamically. */
export interface BackendModule {
  createBackend(options: BackendOptions): Promise<DenoiserBackend>;
}
