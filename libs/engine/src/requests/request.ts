/** What can be asked of an engine, and what it answers. Knows nothing of jobs and HTTP. */

import type { RowProgress } from './row-progress.js';
import type { RowArrays, StepPlan, Direction, Precision, Priority } from '#ddim';

/** What a request needs of an AbortSignal. */
export interface Interruption {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * One request to the engine; immutable once submitted. Rows are ordered observation by observation:
 * row = observation * samplesPerObservation + sample. All arrays are in normalised units.
 */
export interface EngineRequest extends RowArrays {
  readonly id: string;
  /** Key of the model version, resolved by the engine's `loadModel`. */
  readonly model: string;
  readonly precision: Precision;
  readonly plan: StepPlan;
  /** `encode` walks the plan upwards from `initialActions` (DDIM inversion). */
  readonly direction: Direction;
  readonly seed: number;
  readonly rows: number;
  /** [rows / samplesPerObservation, obsSize]; empty when obsSize is 0. */
  readonly observations: Float32Array;
  readonly samplesPerObservation: number;
  readonly priority: Priority;
  readonly apiKeyId?: string | undefined;
  /** Milliseconds of a monotonic clock (performance.now()). */
  readonly deadlineAt?: number;
  /** How long it waited for the engine before it was submitted, in ms; 0 unless it says. */
  readonly waitedMs?: number;
  /**
   * Run only when the engine is otherwise empty: requests that were present at earlier crashes. Called once
   * it is, and awaited before the first step; a rejection ends the request.
   */
  readonly solo?: () => Promise<void>;
  /**
   * Called once, right before native code works for it for the first time: on its rows, or on loading its
   * model.
   */
  readonly onBegin?: () => void;
  readonly signal?: Interruption;
  /** Where an earlier run of the same request stopped; what cannot be gone on from begins anew. */
  readonly resumeFrom?: RowProgress | undefined;
  /** Called at most twice per second, newest wins. */
  readonly onProgress?: (progress: EngineProgress) => void;
  /** Every n steps, the predicted x0 of row 0 and its exact step. */
  readonly previewEvery?: number;
  readonly onPreview?: (preview: EnginePreview) => void;
  /** Called for each macro-step that had rows of it, once the thread has its next work. */
  readonly onMacroStep?: (step: SharedMacroStep) => void;
}

/** A macro-step as one of the requests sees it whose rows shared it. */
export interface SharedMacroStep {
  readonly thread: number;
  /** Rows of all requests in it, of this one, and how many requests these are. */
  readonly numRows: number;
  readonly ownRows: number;
  readonly numRequests: number;
  readonly stepsPerCall: number;
  /** Milliseconds of a monotonic clock, reckoned back from the thread's report. */
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface EngineProgress {
  readonly completedRows: number;
  readonly totalRows: number;
  readonly completedSteps: number;
  readonly totalSteps: number;
  readonly secondsLeft: number | undefined;
}

export interface EnginePreview {
  readonly row: number;
  readonly step: number;
  /** [D], normalised. */
  readonly x0: Float32Array;
}

export interface EngineResult {
  /** [rows,D], normalised; after an encode, the latent noise. */
  readonly actions: Float32Array;
  readonly waitSeconds: number;
  readonly runSeconds: number;
  /**
   * What a row of this request spent in backend calls, the mean of all its rows; divided by the steps, the
   * step that they saw.
   */
  readonly denoiseSeconds: number;
  readonly warnings: readonly string[];
}
