/** The snapshot of an engine as plain data. Knows nothing of how it is made. */

import type { StepCost } from '../models/cost-model.js';
import type { BackendInfo } from '../backend/backend.js';
import type { EngineLoss } from './engine-loss.js';
import type { RowsByPriority } from './observer.js';
import type { Precision } from '#ddim';

export type EngineStatus = 'running' | 'draining' | 'closed' | EngineLoss['status'];

export type ThreadStatus = 'starting' | 'idle' | 'loading' | 'busy' | 'dead' | 'stopped';

export interface ThreadStats {
  readonly thread: number;
  readonly status: ThreadStatus;
  /** Inside the backend, since the start of the engine. */
  readonly busySeconds: number;
  /** The thread's own work around backend calls. */
  readonly outsideSeconds: number;
  readonly macroSteps: number;
  readonly rowSteps: number;
  readonly deaths: number;
}

/** Of the rows of one model version that may share batches. */
interface LaneCost extends StepCost {
  readonly precision: Precision;
  readonly kind: 'fused' | 'raw';
  /** ms of the fastest step of a batch of one that was ever seen. */
  readonly leastAloneMs: number | undefined;
}

export interface ModelStats {
  readonly model: string;
  readonly status: 'loading' | 'ready';
  readonly memoryBytes: number;
  readonly rowsRunning: RowsByPriority;
  readonly rowsWaiting: RowsByPriority;
  readonly cost: readonly LaneCost[];
}

/** A snapshot for heartbeats and dashboards; plain data. */
export interface EngineStats {
  readonly status: EngineStatus;
  /** Why the engine is lost. */
  readonly failure: string | undefined;
  readonly info: BackendInfo;
  readonly threads: readonly ThreadStats[];
  readonly models: readonly ModelStats[];
  readonly requests: number;
  readonly rowsRunning: number;
  readonly rowsWaiting: number;
  readonly slotsInUse: number;
  readonly slots: number;
  /** Row state, inputs and results of the requests that are present. */
  readonly requestBytes: number;
  readonly rowStepsTotal: number;
  readonly rowsWanted: number;
  readonly observerErrors: number;
  /** Since the last tick, while rows wait that an idle thread could run; 0 otherwise. */
  readonly secondsSinceTick: number;
}
