/** Which requests will not end in the time that is left. Knows nothing of what becomes of them. */

import { RequestRank } from './request-rank.js';
import type { RequestState } from '../requests/request-state.js';

/**
 * Requests that will not have ended in so many ms, if the shortest run first and no other comes: the work of
 * those before them and their own is too much, or their last row alone takes too long. Nothing is known yet
 * of those that wait for their model.
 * @param threads that share the work
 */
export function unfinishedAfter(ms: number, requests: Iterable<RequestState>, threads: number): RequestState[] {
  const placed = [...requests].filter((state) => state.isPlaced && state.lane.cost.isMeasured);
  const ranks = placed.map((state) => new RequestRank(state)).sort((left, right) => left.aloneMs - right.aloneMs);
  let workMs = 0;
  const unfinished = ranks.filter(({ state, workLeftMs }) => {
    const endMs = Math.max((workMs + workLeftMs) / threads, state.stepsLeft * state.lane.cost.stepMs(1));
    if (endMs <= ms) workMs += workLeftMs;
    return endMs > ms;
  });
  return unfinished.map(({ state }) => state);
}
