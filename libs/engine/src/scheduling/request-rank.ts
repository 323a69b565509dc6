/**
 * Where a request stands: shortest remaining time, with ageing. Knows nothing of classes, API keys and
 * deadlines.
 */

import type { RequestState } from '../requests/request-state.js';

/**
 * A request of age a ranks like one with so much of a less work: it is what bounds how long it can be passed.
 */
const AGEING = 0.05;

/**
 * A request's place in the order, shortest remaining time with ageing.
 * Costs are those of when it was made, since ranks must not move with the cost model.
 */
export class RequestRank {
  /**
   * ms: time left alone + 0.05 arrival. Constant while the request waits; one that takes w alone is only ever
   * passed by requests that arrive within w / 0.05 after it.
   */
  value: number;
  /** ms of one row-step in a usual batch, and of a step of all its rows alone. */
  private readonly rowStepMs: number;
  private readonly stepMs: number;

  constructor(readonly state: RequestState) {
    const { lane, request, isGuided } = state;
    const networkRows = isGuided ? 2 : 1;
    this.rowStepMs = lane.rowStepMs * networkRows;
    this.stepMs = lane.cost.stepMs(request.rows * networkRows);
    this.value = this.now();
  }

  /** Takes in what was done of the request meanwhile. */
  update(): void {
    this.value = this.now();
  }

  /** Thread time of its row-steps left, in usual batches. */
  get workLeftMs(): number {
    return this.state.rowStepsLeft * this.rowStepMs;
  }

  /**
   * What is left of it, alone on a thread. A row of many steps is little work, but stays for long: ranked by
   * work it would soon go before every short job, and be in all their batches.
   */
  get aloneMs(): number {
    return (this.state.rowStepsLeft / this.state.request.rows) * this.stepMs;
  }

  goesBefore(other: RequestRank): boolean {
    return this.value === other.value ? this.state.number < other.state.number : this.value < other.value;
  }

  private now(): number {
    return this.aloneMs + AGEING * this.state.arrivedAt;
  }
}
