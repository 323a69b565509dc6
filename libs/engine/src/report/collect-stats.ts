/** Puts the snapshot of an engine together. Knows nothing of who reads it, and changes nothing. */

import type { EngineParts } from '../loop.js';
import type { EngineStats, EngineStatus, ModelStats } from './stats.js';

/** What a snapshot is made of. */
interface StatsSources extends EngineParts {
  readonly status: EngineStatus;
  readonly failure: Error | undefined;
  readonly rowsWanted: number;
  readonly secondsSinceTick: number;
}

/** The snapshot of an engine; plain data. */
export function collectStats({
  status,
  failure,
  rowsWanted,
  secondsSinceTick,
  pool,
  models,
  admission,
  reporter,
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
    cost: models.lanesOf(model).map(({ precision, kind, cost }) => ({
      precision,
      kind,
      leastAloneMs: cost.leastAloneMs,
      ...cost.cost,
    })),
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
    rowsWanted,
    observerErrors: reporter.errors,
    secondsSinceTick,
  };
}
