/**
 * Takes requests in, within the engine's limits, and knows which are present until they have settled. Knows
 * nothing of rows, batches and threads.
 */

import { CancelledError, EngineError, type InterruptReason } from '#ddim';
import type { BackendCapabilities } from '../backend/backend.js';
import type { EngineLimits } from '../options.js';
import type { Lane } from '../models/lane.js';
import { PassingSet } from '../memory/passing-set.js';
import type { CachedModel } from '../models/model-cache.js';
import { checkAgainstModel, checkRequest, weighRequest } from './request-check.js';
import type { EngineRequest, Interruption } from './request.js';
import { RequestState } from './request-state.js';
import type { Ending } from './ending.js';

interface AdmissionOptions {
  readonly limits: EngineLimits;
  readonly capabilities: BackendCapabilities;
  readonly now: () => number;
  /** A request is no longer wanted. */
  readonly onEnd: (state: RequestState, ending: Ending) => void;
}

/** The requests that are present, from submission to settlement, and the limits that they keep to. */
export class Admission {
  readonly requests = new PassingSet<RequestState>();
  /** Those of them that have a deadline. */
  readonly deadlines = new PassingSet<RequestState>();
  private requestsSeen = 0;
  private rows = 0;
  private bytes = 0;

  constructor(private readonly options: AdmissionOptions) {}

  get bytesPresent(): number {
    return this.bytes;
  }

  get rowsRunning(): number {
    let rows = 0;
    for (const { rowsStarted } of this.requests) rows += rowsStarted;
    return rows;
  }

  get rowsWaiting(): number {
    let rows = 0;
    for (const { rowsNotStarted } of this.requests) rows += rowsNotStarted;
    return rows;
  }

  /** @throws InputError; EngineError `engine_full`; CancelledError when it was aborted before it began */
  admit(request: EngineRequest, promise: RequestState['promise']): RequestState {
    const { limits, capabilities, now, onEnd } = this.options;
    checkRequest(request, capabilities, limits);
    requireRoom('rows', this.rows + request.rows, limits.rows);
    if (request.signal?.aborted) throw new CancelledError(abortReason(request.signal));
    const state = new RequestState(this.requestsSeen++, request, now(), promise);
    state.followSignal((signal) => onEnd(state, { kind: 'cancelled', reason: abortReason(signal) }));
    this.rows += request.rows;
    this.requests.add(state);
    if (request.deadlineAt !== undefined) this.deadlines.add(state);
    return state;
  }

  /**
   * Its model is here, so that its arrays can be checked and weighed. @throws InputError; EngineError
   * `engine_full`
   */
  weigh(state: RequestState, { source }: CachedModel): void {
    checkAgainstModel(state.request, source);
    const { limits } = this.options;
    const bytes = weighRequest(state.request, source, limits);
    requireRoom('bytes of row state', this.bytes + bytes, limits.requestBytes);
    this.bytes += bytes;
    state.bytes = bytes;
  }

  /** Those that have been given this lane. */
  inLane(lane: Lane): RequestState[] {
    return [...this.requests].filter((state) => state.isPlaced && state.lane === lane);
  }

  /** The request has ended. */
  leave(state: RequestState): void {
    if (!this.requests.delete(state)) return;
    this.deadlines.delete(state);
    this.rows -= state.request.rows;
    this.bytes -= state.bytes;
  }
}

/**
 * @throws EngineError `engine_full`, which says nothing about the request: elsewhere, or later, it may run
 */
function requireRoom(what: string, reached: number, limit: number): void {
  if (reached > limit)
    throw new EngineError('engine_full', `the engine holds at most ${limit} ${what}, this would make ${reached}`);
}

function abortReason({ reason }: Interruption): InterruptReason {
  return reason instanceof CancelledError ? reason.reason : 'cancelled';
}
