/**
 * The order of one class in one lane: fair between API keys, then urgent, then by rank. Knows nothing of
 * threads, classes and models.
 */

import { IndexedHeap } from './indexed-heap.js';
import { PassingMap } from '../memory/passing-map.js';
import { RequestRank } from './request-rank.js';
import { slackMs } from '../requests/deadline.js';
import type { RequestState } from '../requests/request-state.js';
import type { Row } from '../requests/row.js';

/** Shares of keys that have nothing to run are swept out beyond this many. */
const SHARES_TO_SWEEP = 64;

/** One API key's part of a queue. */
interface Share {
  /** Row-steps spent, in the time of the queue. */
  virtualTime: number;
  /** Requests that have not ended. */
  requests: number;
  /** Requests with runnable rows, best rank first. */
  readonly runnable: IndexedHeap<RequestRank>;
  /** Those whose deadline leaves little slack, the least of it last. */
  urgent: RequestRank[];
}

/**
 * The requests of one class in one lane. Between API keys it is start-time fair queueing on row-steps (Goyal,
 * Vin and Cheng, SIGCOMM 1996): the key that has spent least goes next, and a key that comes back starts
 * where the others are, so that idleness saves up no credit. Within a key urgent requests come first, then
 * the lowest rank.
 */
export class FairQueue {
  private readonly ranks = new PassingMap<RequestState, RequestRank>();
  private readonly shares = new Map<string, Share>();
  private readonly active = new IndexedHeap<Share>((left, right) => left.virtualTime < right.virtualTime);
  private virtualTime = 0;
  private rows = 0;
  private deadlines = 0;

  /** Rows that could join a batch now. */
  get runnableRows(): number {
    return this.rows;
  }

  /** Requests with rows that could join a batch now. */
  get runnableRequests(): number {
    return this.active.all.reduce((sum, { runnable }) => sum + runnable.size, 0);
  }

  /** Whether a request that has not ended has a deadline. */
  get hasDeadlines(): boolean {
    return this.deadlines > 0;
  }

  /** All requests, with their ranks. */
  get requests(): Iterable<RequestRank> {
    return this.ranks.values();
  }

  /** Undefined for a request that is not here. */
  rankOf(state: RequestState): RequestRank | undefined {
    return this.ranks.get(state);
  }

  /** The request that goes next. */
  get first(): RequestState | undefined {
    return this.firstRank?.state;
  }

  add(state: RequestState): void {
    if (this.shares.size > SHARES_TO_SWEEP) this.sweep();
    const share = this.share(state);
    share.requests += 1;
    share.virtualTime = Math.max(share.virtualTime, this.virtualTime);
    this.rows += state.runnableRows;
    if (state.request.deadlineAt !== undefined) this.deadlines += 1;
    const rank = new RequestRank(state);
    this.ranks.set(state, rank);
    this.activate(share, rank);
  }

  /** The request has ended, or is held back. */
  remove(state: RequestState): void {
    const rank = this.ranks.get(state);
    if (!rank) return;
    this.ranks.delete(state);
    const share = this.share(state);
    share.requests -= 1;
    this.rows -= state.runnableRows;
    if (state.request.deadlineAt !== undefined) this.deadlines -= 1;
    this.deactivate(share, rank);
  }

  /** @param steps what the row is expected to run, charged at once and corrected when it is given back */
  takeRow(steps: number, now: number): Row<RequestState> | undefined {
    const share = this.active.first;
    const rank = this.firstRank;
    if (!share || !rank) return undefined;
    this.virtualTime = Math.max(this.virtualTime, share.virtualTime);
    const row = rank.state.takeRow(now);
    this.rows -= 1;
    row.chargedSteps = steps;
    share.virtualTime += steps;
    this.active.put(share);
    if (rank.state.runnableRows === 0) this.deactivate(share, rank);
    return row;
  }

  /** A row comes back from a thread. @param steps that it really ran */
  charge(row: Row<RequestState>, steps: number): void {
    const share = this.share(row.owner);
    share.virtualTime += steps - row.chargedSteps;
    if (this.active.has(share)) this.active.put(share);
    const rank = this.ranks.get(row.owner);
    rank?.update();
    if (rank && share.runnable.has(rank)) share.runnable.put(rank);
  }

  /** A row of the request waits again. */
  giveBack(state: RequestState): void {
    const rank = this.ranks.get(state);
    if (!rank) throw new TypeError(`request ${state.number} is not in this queue`);
    this.rows += 1;
    this.activate(this.share(state), rank);
  }

  /** Brings requests to the front whose deadline leaves less than `leastMs`. */
  findUrgent(leastMs: number, stepMs: number, now: number): void {
    if (this.deadlines === 0) return;
    const slack = ({ state }: RequestRank): number => slackMs(state, stepMs, now);
    for (const share of this.active.all)
      share.urgent = share.runnable.all
        .filter((rank) => slack(rank) < leastMs)
        .sort((left, right) => slack(right) - slack(left));
  }

  private get firstRank(): RequestRank | undefined {
    const share = this.active.first;
    return share && (share.urgent.at(-1) ?? share.runnable.first);
  }

  private share({ request }: RequestState): Share {
    const key = request.apiKeyId ?? '';
    const known = this.shares.get(key);
    if (known) return known;
    const share = {
      virtualTime: this.virtualTime,
      requests: 0,
      runnable: new IndexedHeap<RequestRank>((left, right) => left.goesBefore(right)),
      urgent: [],
    };
    this.shares.set(key, share);
    return share;
  }

  private activate(share: Share, rank: RequestRank): void {
    if (rank.state.runnableRows > 0) share.runnable.put(rank);
    if (share.runnable.size > 0) this.active.put(share);
  }

  private deactivate(share: Share, rank: RequestRank): void {
    share.runnable.remove(rank);
    share.urgent = share.urgent.filter((other) => other !== rank);
    if (share.runnable.size === 0) this.active.remove(share);
  }

  private sweep(): void {
    for (const [key, share] of this.shares)
      if (share.requests === 0 && share.virtualTime <= this.virtualTime) this.shares.delete(key);
  }
}
