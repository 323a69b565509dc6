import type { RequestState, Row } from '#engine';
import { ArrivalOrder, type Batch } from './mixed-arrival-order.js';

/**
 * Request-level dynamic batching, as inference servers do it: whole requests with as many steps as the oldest
 * one, up to 64 rows; a batch runs to its end before the thread takes another.
 */
export class RequestLevel extends ArrivalOrder {
  protected readonly maxRows = 64;

  protected choose([oldest, ...others]: readonly RequestState[]): Batch {
    const { stepsLeft } = oldest;
    const rows = this.takeAll(oldest);
    for (const state of others)
      if (state.stepsLeft === stepsLeft && rows.length + state.runnableRows <= this.maxRows)
        rows.push(...this.takeAll(state));
    const stepsPerCall = Math.min(stepsLeft, this.context.maxStepsPerCall);
    return { rows, stepsPerCall, maxMacroSteps: Math.floor(stepsLeft / stepsPerCall) };
  }

  private takeAll(state: RequestState): Row<RequestState>[] {
    const count = Math.min(state.runnableRows, this.maxRows);
    return Array.from({ length: count }, () => state.takeRow(this.context.now()));
  }
}
