/** How many rows one backend call should have. Knows nothing of which rows these are. */

import type { StepCost } from '../models/cost-model.js';
import type { Priority } from '#ddim';

/**
 * From its first step to its last, a request of this class should take about so long in the engine, one of
 * more steps than usual longer.
 */
const LATENCY_TARGET_MS: Readonly<Record<Priority, number>> = { interactive: 25, normal: 50, bulk: Infinity };
const USUAL_STEPS = 50;
/** Below this a batch wastes the machine: 85 % of peak at B = 8. */
const LEAST_CAP = 8;
/**
 * Share of what a cap can deliver above which it must grow. Sooner, and short jobs would wait longer for
 * fuller batches than for their turn.
 */
const MOST_LOAD = 0.95;
/** c0/c1 times this is where a batch reaches 95 % of peak; larger ones only add waiting. */
const ROWS_AT_95_PERCENT = 19;
/**
 * … which the fitted line puts too low where c(B) bends: so many rows reach 93 % or more on every CPU that
 * was measured.
 */
const LEAST_FULL_BATCH = 64;
/** While threads idle, rows are spread over them, but not thinner than this. */
const LEAST_SHARE = 4;

export interface BatchSizeSituation {
  readonly cost: StepCost;
  /**
   * Class and number of steps of the row that ranks first, and how long its request waited before it came
   * here.
   */
  readonly priority: Priority;
  readonly numSteps: number;
  readonly waitedMs: number;
  /** Row-steps that arrive per ms for this lane. */
  readonly arrivals: number;
  /** Requests of that class with rows that could run. */
  readonly waiting: number;
  /** Threads that other lanes leave for this one: a mean, not a whole number. */
  readonly threads: number;
  readonly maxBatchRows: number;
}

/**
 * The largest batch worth running: (L/S - c0)/c1 rows keep a request of S steps, at most 50, within the
 * latency target L; where that many cannot keep up with what arrives, as many rows as can, B = r c0 / (0.95 T
 * - r c1); and where many requests wait all the same, a row of each: both up to 95 % of peak. A large request
 * alone does not make batches grow, since its rows would slow the small ones down. A request that waited for
 * longer than L before it came is from a queue that only a full batch shortens.
 */
export function batchCap(situation: BatchSizeSituation): number {
  const { cost, priority, numSteps, waitedMs, arrivals, waiting, threads, maxBatchRows } = situation;
  const { fixedMs: c0, rowMs: c1 } = cost;
  const target = LATENCY_TARGET_MS[priority];
  const forLatency = (target / Math.min(numSteps, USUAL_STEPS) - c0) / c1;
  const spare = MOST_LOAD * threads - arrivals * c1;
  const forLoad = spare > 0 ? (arrivals * c0) / spare : Infinity;
  const forBacklog = waiting / Math.max(threads, 1);
  const fullBatch = Math.max((ROWS_AT_95_PERCENT * c0) / c1, LEAST_FULL_BATCH);
  const forThroughput = isFromBacklog(priority, waitedMs)
    ? fullBatch
    : Math.min(Math.max(forLoad, forBacklog), fullBatch);
  const rows = Math.max(LEAST_CAP, forLatency, forThroughput);
  return Math.max(1, Math.floor(Math.min(rows, maxBatchRows)));
}

/** Whether a request waited for longer than it should take, before it came. */
export function isFromBacklog(priority: Priority, waitedMs: number): boolean {
  return waitedMs > LATENCY_TARGET_MS[priority];
}

/** One thread's share of the runnable rows while others idle beside it. */
export function spread(runnableRows: number, idleThreads: number): number {
  return Math.max(LEAST_SHARE, Math.ceil(runnableRows / idleThreads));
}
