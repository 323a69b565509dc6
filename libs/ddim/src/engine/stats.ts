import type { BackendInfo, Precision } from './backend.js';
import type { EngineParts } from './engine-loop.js';
import type { RowsByPriority } from './observer.js';

/** `failed`: a thread hangs or keeps dying; only a new process helps. */
export type EngineStatus = 'running' | 'draining' | 'closed' | 'failed';

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

/** ms per step of a batch of B network rows, n of them noisy: fixedMs + rowMs B + noisyRowMs n. */
export interface StepCost {
  readonly fixedMs: number;
  readonly rowMs: number;
  readonly noisyRowMs: number;
}

export interface ModelStats {
  readonly model: string;
  readonly status: 'loading' | 'ready';
  readonly memoryBytes: number;
  readonly rowsRunning: RowsByPriority;
  readonly rowsWaiting: RowsByPriority;
  readonly cost: ReadonlyArray<{ readonly precision: Precision; readonly kind: 'fused' | 'raw' } & StepCost>;
}

/** A snapshot for heartbeats and dashboards; plain data. */
export interface EngineStats {
  readonly status: EngineStatus;
  /** Why the engine failed. */
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
  readonly capacity: number;
  readonly observerErrors: number;
  /** Since the last tick, while rows are present; 0 otherwise. */
  readonly secondsSinceTick: number;
}

export interface StatsSources extends EngineParts {
  readonly status: EngineStatus;
  readonly failure: Error | undefined;
  readonly capacity: number;
  readonly secondsSinceTick: number;
}

export function collectStats({
  status,
  failure,
  capacity,
  secondsSinceTick,
  pool,
  models,
  admission,
  reporter,
  rowScheduler,
}: StatsSources): EngineStats {
  const threads = pool.threads.map((thread) => thread.stats());
  const { requests, rowsRunning, rowsWaiting, bytesPresent } = admission;
  const { slabs } = models;
  const describe = (model: string, memoryBytes: number, isLoading: boolean): ModelStats => ({
    model,
    status: isLoading ? 'loading' : 'ready',
    memoryBytes,
    rowsRunning: reporter.rowsByPriority(model, ({ rowsStarted }) => rowsStarted),
    rowsWaiting: reporter.rowsByPriority(model, ({ rowsNotStarted }) => rowsNotStarted),
    cost: rowScheduler.lanesOf(model).map(({ precision, kind, cost }) => ({ precision, kind, ...cost.cost })),
  });
  return {
    status,
    failure: failure?.message,
    info: pool.info,
    threads,
    models: [
      ...models.cache.all.map(({ version, memoryBytes }) => describe(version, memoryBytes, false)),
      ...models.cache.loading.map((version) => describe(version, 0, true)),
    ],
    requests: requests.size,
    rowsRunning,
    rowsWaiting,
    slotsInUse: slabs.reduce((sum, slab) => sum + slab.slotsInUse, 0),
    slots: slabs.reduce((sum, slab) => sum + slab.slots, 0),
    requestBytes: bytesPresent,
    rowStepsTotal: threads.reduce((sum, { rowSteps }) => sum + rowSteps, 0),
    capacity,
    observerErrors: reporter.errors,
    secondsSinceTick,
  };
}
