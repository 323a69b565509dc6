/**
 * The requests of one lane by class, with floors, and how large its batches should be. Knows nothing of other
 * lanes and of threads.
 */

import { ArrivalRate } from './arrival-rate.js';
import { batchCap, isFromBacklog } from './batch-size.js';
import type { CostModel } from '../models/cost-model.js';
import { FairQueue } from './fair-queue.js';
import type { Lane } from '../models/lane.js';
import type { RequestRank } from './request-rank.js';
import type { RequestState } from '../requests/request-state.js';
import type { Row } from '../requests/row.js';
import { PRIORITIES, type Priority } from '#ddim';

/** Share of row-steps that a class with runnable rows gets whatever better classes want. */
export const FLOORS: Readonly<Record<Priority, number>> = { interactive: 0, normal: 1 / 8, bulk: 1 / 16 };
/** Rows are charged in advance for so many steps. */
const USUAL_STEPS_PER_CALL = 5;
/** After the device ran out of memory the lane keeps to half the rows for so long. */
const OUT_OF_MEMORY_MS = 60_000;

interface CapSituation {
  readonly threads: number;
  readonly maxBatchRows: number;
  readonly now: number;
}

/** The requests of one lane, and what the lane and its classes are owed. */
export class LaneQueue {
  /** Thread time spent on it, in ms divided by its weight. */
  virtualMs = 0;
  private readonly arrivals = new ArrivalRate();
  private readonly queues: Readonly<Record<Priority, FairQueue>> = {
    interactive: new FairQueue(),
    normal: new FairQueue(),
    bulk: new FairQueue(),
  };
  /** Row-steps that each class is owed from its floor. */
  private readonly owed: Record<Priority, number> = { interactive: 0, normal: 0, bulk: 0 };
  private memoryLimit: { readonly rows: number; readonly until: number } | undefined;

  constructor(readonly lane: Lane) {}

  get cost(): CostModel {
    return this.lane.cost;
  }

  get runnableRows(): number {
    return PRIORITIES.reduce((rows, priority) => rows + this.queues[priority].runnableRows, 0);
  }

  get hasDeadlines(): boolean {
    return PRIORITIES.some((priority) => this.queues[priority].hasDeadlines);
  }

  /** All requests, with their ranks. */
  get requests(): RequestRank[] {
    return PRIORITIES.flatMap((priority) => [...this.queues[priority].requests]);
  }

  queue(state: RequestState): FairQueue {
    return this.queues[state.request.priority];
  }

  runnableOf(priority: Priority): number {
    return this.queues[priority].runnableRows;
  }

  /** The best class that could run. */
  get bestPriority(): Priority | undefined {
    return PRIORITIES.find((priority) => this.queues[priority].runnableRows > 0);
  }

  add(state: RequestState, now: number): void {
    this.arrivals.add(state.request.rows * state.numSteps * (state.isGuided ? 2 : 1), now);
    this.queue(state).add(state);
  }

  /** Threads that its arrivals keep busy: a mean, not a whole number. */
  load(now: number): number {
    return this.arrivals.perMs(now) * this.lane.rowStepMs;
  }

  /**
   * The largest batch worth running when this request ranks first. @param threads that other lanes leave for
   * this one
   */
  capFor({ request, numSteps }: RequestState, { threads, maxBatchRows, now }: CapSituation): number {
    return batchCap({
      cost: this.cost.cost,
      priority: request.priority,
      numSteps,
      waitedMs: request.waitedMs ?? 0,
      arrivals: this.arrivals.perMs(now),
      waiting: this.queues[request.priority].runnableRequests,
      threads,
      maxBatchRows: this.memoryLimit && this.memoryLimit.until > now ? this.memoryLimit.rows : maxBatchRows,
    });
  }

  /** The request that ranks first. */
  get first(): RequestState | undefined {
    return this.bestPriority && this.queues[this.bestPriority].first;
  }

  /** The device could not hold a batch of so many rows. */
  ranOutOfMemory(rows: number, now: number): void {
    this.memoryLimit = { rows: Math.max(1, Math.floor(rows / 2)), until: now + OUT_OF_MEMORY_MS };
  }

  /**
   * Whether throughput matters more than the latency of who comes next: bulk rows, and those of a queue that
   * has grown too long.
   */
  get isBacklogged(): boolean {
    const { first } = this;
    if (first === undefined) return false;
    const { priority, waitedMs = 0 } = first.request;
    return priority === 'bulk' || isFromBacklog(priority, waitedMs);
  }

  /** Rows of the next batch: class by class, but room is kept for what lower classes are owed. */
  takeRows(cap: number, slackMs: number, now: number): Row<RequestState>[] {
    const kept = { ...this.owed };
    for (const priority of PRIORITIES) kept[priority] = this.rowsOwed(priority);
    let keptForOthers = kept.normal + kept.bulk;
    const rows: Row<RequestState>[] = [];
    for (const priority of PRIORITIES) {
      const queue = this.queues[priority];
      queue.findUrgent(slackMs, this.cost.stepMs(1), now);
      keptForOthers -= kept[priority];
      while (rows.length < cap - keptForOthers) {
        const row = queue.takeRow(USUAL_STEPS_PER_CALL, now);
        if (!row) break;
        rows.push(row);
      }
    }
    this.countFloors(rows);
    return rows;
  }

  private rowsOwed(priority: Priority): number {
    return Math.min(this.queues[priority].runnableRows, Math.max(0, Math.ceil(this.owed[priority])));
  }

  /** Every class that could have run is owed its floor of this batch, less what it got. */
  private countFloors(rows: readonly Row<RequestState>[]): void {
    for (const priority of PRIORITIES) {
      const got = rows.filter(({ owner }) => owner.request.priority === priority).length;
      const couldRun = got > 0 || this.queues[priority].runnableRows > 0;
      const owed = this.owed[priority] + FLOORS[priority] * rows.length - got;
      this.owed[priority] = couldRun ? Math.min(Math.max(owed, -1), rows.length) : 0;
    }
  }
}
