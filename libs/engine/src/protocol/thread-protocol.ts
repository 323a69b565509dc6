/** All that a thread and its handle say to each other. Knows nothing of what either does with it. */

import type { RowArrays, StepPlan, Precision } from '#ddim';
import type { BackendCapabilities, BackendInfo, BackendOptions, ModelSource } from '../backend/backend.js';
import type { Failure } from './failure.js';
import type { SlabShape } from '../memory/row-slab.js';

/** A thread has so many assignments at most: the one it runs, and one to go on with. */
export const MOST_RUNS = 2;

/** Words that a thread and its handle share for an assignment; the handle clears both before it posts it. */
export const CONTROL = {
  /** Macro-steps of the assignment after which all its rows lie in the slab, written by the thread. */
  done: 0,
  /** One of RECALL, or 0. */
  recall: 1,
} as const;

/** What a thread is asked to do with an assignment before it is done. */
export const RECALL = {
  /** To report after the macro-step it is in. */
  soon: 1,
  /** … and at once if it has not begun. */
  unbegun: 2,
} as const;

export const CONTROL_WORDS = 2;

/** The words of one assignment in those of all. @param place of MOST_RUNS */
export function controlOf(control: Int32Array, place: number): Int32Array {
  return control.subarray(place * CONTROL_WORDS, (place + 1) * CONTROL_WORDS);
}

/** Names a version in one precision: what a thread loads once for all its lanes. */
export function loadedModelKey(version: string, precision: Precision): string {
  return `${version}/${precision}`;
}

/** What an engine thread gets as workerData. */
export interface ThreadStart {
  readonly backendModule: string;
  readonly backend: BackendOptions;
  /** [MOST_RUNS * CONTROL_WORDS]. */
  readonly control: Int32Array;
  /** Words of its CallClock. */
  readonly clock: Int32Array;
}

/** What a thread must know of a request; all arrays lie in shared memory. */
export interface ThreadRequest extends RowArrays {
  readonly number: number;
  readonly plan: StepPlan;
  readonly seed: number;
  readonly samplesPerObservation: number;
  /** [rows / samplesPerObservation, obsSize]. */
  readonly observations: Float32Array;
}

/** A request as it is sent: its plan by number. */
export interface AnnouncedRequest extends Omit<ThreadRequest, 'plan'> {
  readonly plan: number;
}

export interface AnnouncedPlan {
  readonly number: number;
  readonly plan: StepPlan;
}

/** Numbers of requests and of plans that a thread need not know any more. */
export interface Forgotten {
  readonly requests: number[];
  readonly plans: number[];
}

/** Requests and plans that a thread has not seen yet, and what it forgets before. */
export interface News {
  readonly requests: readonly AnnouncedRequest[];
  readonly plans: readonly AnnouncedPlan[];
  readonly forgotten: Forgotten;
}

/**
 * Columns of an assignment's rows: slot in the slab, number of the request, row in it, steps done, half that
 * holds the state.
 */
export const ROW_COLUMNS = 5;

/**
 * In the column of the half: the thread makes the row's condition, and at step 0 its state. A later state
 * lies in the first half.
 */
export const FRESH = 2;

export interface RunCommand {
  readonly kind: 'run';
  /** Place of its control words. */
  readonly place: number;
  readonly model: string;
  readonly slab: SlabShape;
  /** Memory that this thread has not seen yet. */
  readonly newChunks: readonly SharedArrayBuffer[];
  readonly news: News;
  /** [B,ROW_COLUMNS]. */
  readonly rows: Int32Array;
  readonly stepsPerCall: number;
  /** Above 1 only if no row ends before the last of them. */
  readonly maxMacroSteps: number;
  /** Places in the batch whose predicted x0 is wanted after the last macro-step. */
  readonly previews: readonly number[];
}

export interface LoadCommand {
  readonly kind: 'load';
  readonly model: string;
  readonly source: ModelSource;
  readonly precision: Precision;
  /** What an earlier load has found out: this one only has to make its sessions. */
  readonly verdict: ModelVerdict | undefined;
}

export type ThreadCommand =
  | LoadCommand
  | { readonly kind: 'unload'; readonly model: string }
  | RunCommand
  | { readonly kind: 'forget'; readonly forgotten: Forgotten }
  | { readonly kind: 'stop' };

/** A row whose macro-step failed although it was tried alone, or whose state is no longer finite. */
export interface RowFailure extends Failure {
  /** Place in the batch. */
  readonly index: number;
}

/** Predicted x0 [D] of the row at this place in the batch. */
export interface Preview {
  readonly index: number;
  readonly x0: Float32Array;
}

export interface CallDuration {
  readonly seconds: number;
  readonly outsideSeconds: number;
  /** Part of outsideSeconds: drawing step noise. */
  readonly noiseSeconds: number;
  readonly noisyRows: number;
  /** Rows of the network: a guided row is two. */
  readonly networkRows: number;
}

export interface RunReport {
  readonly kind: 'ran';
  readonly macroSteps: number;
  /** One entry per macro-step, but none for one that was repeated by halves. */
  readonly calls: readonly CallDuration[];
  readonly failures: readonly RowFailure[];
  /** What made the backend reject the whole batch, if it did. */
  readonly rejected: Failure | undefined;
  readonly previews: readonly Preview[];
}

/** ms per step of a batch of that many rows. */
export interface CostSample {
  readonly numRows: number;
  readonly msPerStep: number;
}

/** What is true of a model on this device whichever thread loads it. */
export interface ModelVerdict {
  /** A row's bytes do not depend on its neighbours. */
  readonly batchInvariant: boolean;
  readonly costs: readonly CostSample[];
}

export interface LoadReport {
  readonly kind: 'loaded';
  readonly model: string;
  readonly version: string;
  readonly precision: Precision;
  readonly seconds: number;
  readonly verdict: ModelVerdict;
}

export type ThreadReport =
  | { readonly kind: 'started'; readonly info: BackendInfo; readonly capabilities: BackendCapabilities }
  | { readonly kind: 'startFailed'; readonly failure: Failure }
  | LoadReport
  | { readonly kind: 'loadFailed'; readonly version: string; readonly failure: Failure }
  | RunReport;
