/**
 * Judges whether a request can still be in time. Knows nothing of how it is ended, and of the order of
 * others.
 */

import type { RequestState } from './request-state.js';

/** What a request that has just come would find. */
export interface Forecast {
  /** ms of the threads' time that goes before it. */
  readonly beforeMs: number;
  /** ms of one of its steps, in the batches it would be in. */
  readonly stepMs: number;
}

/**
 * How much later than now the request's last row could start and still be in time, alone. @param stepMs of
 * one row
 */
export function slackMs(state: RequestState, stepMs: number, now: number): number {
  const { deadlineAt } = state.request;
  return deadlineAt === undefined ? Infinity : deadlineAt - now - state.stepsLeft * stepMs;
}

/** Whether the request could not be in time even if it ran alone from now on. */
export function isHopeless(state: RequestState, now: number): boolean {
  return slackMs(state, isMeasured(state) ? state.lane.cost.stepMs(1) : 0, now) < 0;
}

/** Whether a request that has just come cannot be in time, because of what goes before it. */
export function isTooLate(state: RequestState, now: number, forecast: () => Forecast): boolean {
  if (state.request.deadlineAt === undefined || !isMeasured(state)) return isHopeless(state, now);
  const { beforeMs, stepMs } = forecast();
  return slackMs(state, stepMs, now) < beforeMs;
}

/** Before the first sample a cost is a guess, which must not end a request. */
function isMeasured(state: RequestState): boolean {
  return state.isPlaced && state.lane.cost.isMeasured;
}
