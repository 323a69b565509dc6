import type { RequestState, Row } from '#engine';
import { ArrivalOrder, type Batch } from './mixed-arrival-order.js';

const STEPS_PER_CALL = 5;
const LEAST_SHARE = 4;

/**
 * Step-level batching in the order of arrival: every 5 steps the 32 oldest rows, spread over the idle
 * threads.
 */
export class FirstInFirstOut extends ArrivalOrder {
  protected readonly maxRows = 32;

  protected choose(requests: readonly RequestState[], idleThreads: number): Batch {
    const waiting = requests.reduce((sum, { runnableRows }) => sum + runnableRows, 0);
    const size = Math.min(this.maxRows, Math.max(LEAST_SHARE, Math.ceil(waiting / idleThreads)));
    const rows: Row<RequestState>[] = [];
    for (const state of requests)
      while (state.runnableRows > 0 && rows.length < size) rows.push(state.takeRow(this.context.now()));
    return { rows, stepsPerCall: STEPS_PER_CALL, maxMacroSteps: 1 };
  }
}
