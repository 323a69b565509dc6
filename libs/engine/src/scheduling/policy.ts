/**
 * The contract of every scheduling policy. Knows no policy, and nothing of how its choices are carried out.
 */

import type { Assignment, Work } from './assignment.js';
import type { Forecast } from '../requests/deadline.js';
import type { Lane } from '../models/lane.js';
import type { RequestState } from '../requests/request-state.js';
import type { Row } from '../requests/row.js';
import type { RunReport } from '../protocol/thread-protocol.js';

/** What a policy knows of its engine. */
export interface PolicyContext {
  readonly threads: number;
  readonly maxBatchRows: number;
  readonly maxStepsPerCall: number;
  /** BackendCapabilities.cheapStepsPerCall. */
  readonly cheapStepsPerCall: number;
  /** ms of a monotonic clock. */
  readonly now: () => number;
  /**
   * Whether requests are held back, until others have ended that must run alone: threads should not be away
   * for long.
   */
  readonly isHolding: () => boolean;
}

/** The thread that asks for work, and the others. */
export interface Asker {
  /** Model keys that it has loaded. */
  readonly models: ReadonlySet<string>;
  /** It has work, and asks what to go on with. */
  readonly isBusy: boolean;
  /** Threads that could take rows now, this one included. */
  readonly idleThreads: number;
  /** Model keys that another thread is loading, and no thread has loaded before. */
  readonly firstLoads: ReadonlySet<string>;
}

/**
 * Decides which rows run next, on which thread, and for how long. It knows nothing of how: threads, models,
 * memory, limits, deadlines and requests that must run alone are the engine's. To add one, write one file and
 * name it in EngineOptions.policy.
 */
export interface Policy {
  /** Rows worth having in this engine now: what is beyond could be started sooner by another. */
  readonly rowsWanted: number;
  /** The request's rows may run. */
  add(state: RequestState): void;
  /** The request has ended, or is held back for a while: no row of it may start. */
  remove(state: RequestState): void;
  /**
   * What the thread should do; nothing when no row can run that it could take. It takes rows by
   * `RequestState.takeRow`, and each comes back by `giveBack` or not at all.
   */
  next(asker: Asker): Work | undefined;
  /** A row has come back with steps left, and waits with its request again. */
  giveBack(row: Row<RequestState>): void;
  /**
   * What became of an assignment; called before its rows come back.
   * @param macroSteps that it completed
   * @param report absent when its thread died
   */
  learn(assignment: Assignment, macroSteps: number, report?: RunReport): void;
  /** Whether a thread should end the assignment early, or not begin it, since this request has just come. */
  isInterrupted(assignment: Assignment, by: RequestState, hasBegun: boolean): boolean;
  /** Called for requests with a deadline. */
  forecast(state: RequestState): Forecast;
  /**
   * The lane's model has gone. Where it could not be loaded, requests of it are still to be removed, and rows
   * may come back.
   */
  forget(lane: Lane): void;
}

export type PolicyFactory = (context: PolicyContext) => Policy;
