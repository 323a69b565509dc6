/** The facts that an engine reports, as plain data. Knows nothing of metrics and logs. */

import type { Priority } from '#ddim';

/** Rows of one model by priority class. */
export type RowsByPriority = Readonly<Record<Priority, number>>;

/** One backend call: K steps of B rows of one model. */
export interface MacroStepFacts {
  readonly model: string;
  readonly backend: string;
  readonly provider: string;
  readonly device: string;
  readonly thread: number;
  readonly numRows: number;
  readonly stepsPerCall: number;
  /** Rows × steps really done: a row that ends inside the call counts only its own steps. */
  readonly rowSteps: number;
  /** The batch cap in force when the rows were chosen. */
  readonly maxBatchRows: number;
  /** Inside the backend. */
  readonly seconds: number;
  /** The thread's own work around the call: gathering, tables, noise, scattering. */
  readonly outsideSeconds: number;
}

/** How a row or a request ended. */
export type FinishReason = 'completed' | 'cancelled' | 'superseded' | 'deadline' | 'failed';

/** A request that has ended. */
export interface RequestFacts {
  readonly id: string;
  readonly model: string;
  readonly backend: string;
  readonly priority: Priority;
  readonly rows: number;
  /** Here, without those that an earlier run had completed. */
  readonly completedRows: number;
  /** Rows × steps spent on it here. */
  readonly rowSteps: number;
  readonly finishReason: FinishReason;
  /** Code of the error when it failed. */
  readonly errorCode: string | undefined;
  /** From submission to the first step, and from there to the end. */
  readonly waitSeconds: number;
  readonly runSeconds: number;
}

/** A model version that came, went or would not load. */
export interface ModelFacts {
  readonly model: string;
  readonly event: 'loaded' | 'evicted' | 'failed';
  /** Fetching, verifying and loading on the first thread; 0 when evicted. */
  readonly seconds: number;
  /** All versions held now, over all threads. */
  readonly modelsLoaded: number;
  readonly loadedBytes: number;
}

/** An engine thread that started, died or stopped. */
export interface ThreadFacts {
  readonly model?: undefined;
  readonly thread: number;
  readonly event: 'started' | 'died' | 'stopped';
  readonly reason: string | undefined;
}

/** Every event of an engine, with its facts. */
export interface EngineEvents {
  readonly onMacroStep: MacroStepFacts;
  readonly onRequest: RequestFacts;
  readonly onModel: ModelFacts;
  readonly onThread: ThreadFacts;
}

/**
 * Hears what the engine did, as plain data, after the thread has got its next work. Methods must neither
 * throw nor wait; a throw is caught and counted in EngineStats.observerErrors.
 */
export type EngineObserver = { readonly [Event in keyof EngineEvents]?: (facts: EngineEvents[Event]) => void };

/** One observer that passes all events on to several. @param change what they hear in place of the facts */
export function observeTogether(
  observers: readonly EngineObserver[],
  change: <Facts extends EngineEvents[keyof EngineEvents]>(facts: Facts) => Facts,
): Required<EngineObserver> {
  const pass =
    <Event extends keyof EngineEvents>(event: Event) =>
    (facts: EngineEvents[Event]): void => {
      const changed = change(facts);
      for (const observer of observers) observer[event]?.(changed);
    };
  return {
    onMacroStep: pass('onMacroStep'),
    onRequest: pass('onRequest'),
    onModel: pass('onModel'),
    onThread: pass('onThread'),
  };
}
