/**
 * The policy that an engine has unless it is given another. Knows nothing of how rows are computed, and of
 * what must run alone.
 */

import type { Assignment, Work } from './assignment.js';
import { assignBatch } from './batch-assignment.js';
import { spread } from './batch-size.js';
import type { Forecast } from '../requests/deadline.js';
import type { Lane } from '../models/lane.js';
import { LaneQueue } from './lane-queue.js';
import type { Asker, Policy, PolicyContext } from './policy.js';
import { RequestRank } from './request-rank.js';
import type { RequestState } from '../requests/request-state.js';
import type { Row } from '../requests/row.js';
import type { RunReport } from '../protocol/thread-protocol.js';
import { PRIORITIES } from '#ddim';

/** Rows with less slack than this before their deadline go first: two macro-steps. */
const URGENT_SLACK_MS = 20;
/** A batch that a thread is to go on with must be so full: it is put together earlier than it need be. */
const LEAST_FILL_AHEAD = 0.75;
/** Without any measurement, and while nothing runs, so many rows per thread are worth having. */
const USUAL_CAP = 32;

/**
 * The policy of every engine that is given no other. It chooses by rows and not by requests: lanes share the
 * threads by weight and measured time; in a lane the order is class (with floors), API key (fair shares),
 * deadline (little slack first), shortest remaining time with ageing. A row that is not chosen keeps its
 * state and its step, so that preemption costs nothing.
 */
export class RowScheduler implements Policy {
  private readonly queues = new Map<Lane, LaneQueue>();
  /** What an assignment was expected to take, and what its lane's part of the time is divided by. */
  private readonly charges = new WeakMap<Assignment, { readonly expectedMs: number; readonly weight: number }>();
  private virtualMs = 0;

  constructor(private readonly context: PolicyContext) {}

  /** The queue of a lane, made on first need. */
  queueOf(lane: Lane): LaneQueue {
    const queue = this.queues.get(lane) ?? new LaneQueue(lane);
    this.queues.set(lane, queue);
    return queue;
  }

  /** What the threads run, and as much again; where they are given a batch to go on with, that too. */
  get rowsWanted(): number {
    const { threads, maxBatchRows } = this.context;
    const perThread = [...this.queues.values()].map((queue) =>
      queue.first ? (queue.isBacklogged ? 3 : 2) * this.capOf(queue) : 0,
    );
    return threads * Math.max(2 * Math.min(USUAL_CAP, maxBatchRows), ...perThread);
  }

  add(state: RequestState): void {
    const queue = this.queueOf(state.lane);
    if (queue.runnableRows === 0) queue.virtualMs = Math.max(queue.virtualMs, this.virtualMs);
    queue.add(state, this.context.now());
  }

  remove(state: RequestState): void {
    this.queues.get(state.lane)?.queue(state).remove(state);
  }

  forget(lane: Lane): void {
    this.queues.delete(lane);
  }

  giveBack({ owner }: Row<RequestState>): void {
    this.queues.get(owner.lane)?.queue(owner).giveBack(owner);
  }

  learn(assignment: Assignment, macroSteps: number, report?: RunReport): void {
    const { lane, rows, stepsPerCall } = assignment;
    const { expectedMs, weight } = this.charges.get(assignment) ?? { expectedMs: 0, weight: 1 };
    const queue = this.queues.get(lane);
    if (!queue) return;
    const calls = report?.calls ?? [];
    const ms = calls.reduce((sum, { seconds, outsideSeconds }) => sum + seconds + outsideSeconds, 0) * 1e3;
    queue.virtualMs += (ms - expectedMs) / weight;
    for (const row of rows) queue.queue(row.owner).charge(row, macroSteps * stepsPerCall);
    if (report?.rejected?.code === 'out_of_memory') queue.ranOutOfMemory(rows.length, this.context.now());
  }

  next(asker: Asker): Work | undefined {
    const queue = this.nextQueue(asker);
    if (!queue) return undefined;
    const isLoaded = asker.models.has(queue.lane.modelKey);
    if (asker.isBusy) return isLoaded ? this.nextAhead(queue) : undefined;
    if (!isLoaded) return { kind: 'load', lane: queue.lane };
    const cap = this.capOf(queue);
    const size = asker.idleThreads > 1 ? Math.min(cap, spread(queue.runnableRows, asker.idleThreads)) : cap;
    return this.take(queue, size, cap);
  }

  /**
   * Whether its rows would take part in the next macro-step of this batch, were it put together anew; or
   * ought to run before it begins.
   */
  isInterrupted({ lane, rows, maxBatchRows }: Assignment, by: RequestState, hasBegun: boolean): boolean {
    const { deadlineAt, apiKeyId } = by.request;
    if (deadlineAt !== undefined) return true;
    if (hasBegun && (by.lane !== lane || rows.length < maxBatchRows)) return true;
    const rank = this.rankOf(by);
    return rows.some(({ owner }) => {
      if (hasBegun && owner.request.apiKeyId !== apiKeyId) return true;
      const other = this.rankOf(owner);
      return rank !== undefined && other !== undefined && goesBefore(rank, other);
    });
  }

  /** Of better-ranked work in its lane. */
  forecast(state: RequestState): Forecast {
    const queue = this.queueOf(state.lane);
    const rank = new RequestRank(state);
    let beforeMs = 0;
    let numRows = state.request.rows;
    for (const other of queue.requests) {
      numRows += other.state.request.rows - other.state.completedRows;
      if (goesBefore(other, rank)) beforeMs += other.workLeftMs;
    }
    const stepMs = queue.cost.stepMs(Math.min(numRows, this.capOf(queue, state)));
    return { beforeMs: beforeMs / this.context.threads, stepMs };
  }

  /**
   * Another batch that is full, or nearly, where work has piled up. Who comes meanwhile waits for its end
   * too.
   */
  private nextAhead(queue: LaneQueue): Assignment | undefined {
    if (!queue.isBacklogged) return undefined;
    const cap = this.capOf(queue);
    return queue.runnableRows < LEAST_FILL_AHEAD * cap ? undefined : this.take(queue, cap, cap);
  }

  /** Undefined for a request that has ended, or is held back. */
  private rankOf(state: RequestState): RequestRank | undefined {
    return this.queues.get(state.lane)?.queue(state).rankOf(state);
  }

  private get runnableQueues(): LaneQueue[] {
    return [...this.queues.values()].filter((queue) => queue.runnableRows > 0);
  }

  /**
   * That of the lane that has had least of the threads. While another thread loads a model for the first
   * time, one that needs no load, else another load: what the first thread finds out about the model spares
   * the others the same work.
   */
  private nextQueue({ models, firstLoads }: Asker): LaneQueue | undefined {
    const queues = this.runnableQueues.sort((left, right) => left.virtualMs - right.virtualMs);
    if (firstLoads.size === 0) return queues[0];
    return (
      queues.find(({ lane }) => models.has(lane.modelKey)) ?? queues.find(({ lane }) => !firstLoads.has(lane.modelKey))
    );
  }

  /** Its runnable rows of the best class that any lane has. */
  private weightOf(queue: LaneQueue): number {
    const best = PRIORITIES.find((priority) => this.runnableQueues.some((other) => other.runnableOf(priority) > 0));
    return Math.max(1, best ? queue.runnableOf(best) : 1);
  }

  private capOf(queue: LaneQueue, first = queue.first): number {
    const now = this.context.now();
    let { threads } = this.context;
    for (const other of this.queues.values()) if (other !== queue) threads -= other.load(now);
    const { maxBatchRows } = this.context;
    return first ? queue.capFor(first, { threads, maxBatchRows, now }) : maxBatchRows;
  }

  private take(queue: LaneQueue, size: number, maxBatchRows: number): Assignment {
    const weight = this.weightOf(queue);
    this.virtualMs = Math.max(this.virtualMs, queue.virtualMs);
    const rows = queue.takeRows(size, URGENT_SLACK_MS, this.context.now());
    const isShared =
      queue.hasDeadlines || this.context.isHolding() || this.runnableQueues.some((other) => other !== queue);
    const { assignment, expectedMs } = assignBatch(this.context, rows, { maxBatchRows, isShared });
    this.charges.set(assignment, { expectedMs, weight });
    queue.virtualMs += expectedMs / weight;
    return assignment;
  }
}

function goesBefore(left: RequestRank, right: RequestRank): boolean {
  const classes = PRIORITIES.indexOf(left.state.request.priority) - PRIORITIES.indexOf(right.state.request.priority);
  return classes === 0 ? left.goesBefore(right) : classes < 0;
}
