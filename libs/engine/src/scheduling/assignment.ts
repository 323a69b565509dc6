/** What a thread can be given to do. Knows nothing of who chose it, or why. */

import type { Lane } from '../models/lane.js';
import type { RequestState } from '../requests/request-state.js';
import type { Row } from '../requests/row.js';

/** Up to maxMacroSteps backend calls of stepsPerCall steps each, for these rows of one lane. */
export interface Assignment {
  readonly kind: 'run';
  readonly lane: Lane;
  readonly rows: readonly Row<RequestState>[];
  /** 1 for raw plans. */
  readonly stepsPerCall: number;
  /** Above 1 only if no row ends before the last of them. */
  readonly maxMacroSteps: number;
  /** Cap in force when the rows were chosen. */
  readonly maxBatchRows: number;
}

/** The thread must load the lane's model before it can run its rows. */
interface ModelLoad {
  readonly kind: 'load';
  readonly lane: Lane;
}

/** What one thread does next. */
export type Work = Assignment | ModelLoad;
