import { IndexedHeap } from './indexed-heap.js';
import type { RequestState } from './request-state.js';
import type { Row } from './row.js';

/** Shares of keys that have nothing to run are swept out beyond this many. */
const SHARES_TO_SWEEP = 64;

/** One API key's part of a queue. */
interface Share {
  /** Row-steps spent, in the time of the queue. */
  virtualTime: number;
  /** Requests that have not ended. */
  requests: number;
  /** Requests with runnable rows, best rank first. */
  readonly runnable: IndexedHeap<RequestState>;
  /** Those whose deadline leaves little slack, the least of it last. */
  urgent: RequestState[];
}

/**
 * The requests of one class in one lane. Between API keys it is start-time fair queueing on row-steps (Goyal, Vin and Cheng, SIGCOMM
 * 1996): the key that has spent least goes next, and a key that comes back starts where the others are, so that idleness saves up no
 * credit. Within a key urgent requests come first, then the lowest rank.
 */
export class FairQueue {
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

  /** The request that goes next. */
  get first(): RequestState | undefined {
    const share = this.active.first;
    return share && (share.urgent.at(-1) ?? share.runnable.first);
  }

  add(state: RequestState): void {
    if (this.shares.size > SHARES_TO_SWEEP) this.sweep();
    const share = this.share(state);
    share.requests += 1;
    share.virtualTime = Math.max(share.virtualTime, this.virtualTime);
    this.rows += state.runnableRows;
    if (state.request.deadlineAt !== undefined) this.deadlines += 1;
    state.rerank();
    this.activate(share, state);
  }

  /** The request has ended, or is held back. */
  remove(state: RequestState): void {
    const share = this.share(state);
    share.requests -= 1;
    this.rows -= state.runnableRows;
    if (state.request.deadlineAt !== undefined) this.deadlines -= 1;
    this.deactivate(share, state);
  }

  /** @param steps what the row is expected to run, charged at once and corrected when it is given back */
  takeRow(steps: number, now: number): Row<RequestState> | undefined {
    const share = this.active.first;
    const state = this.first;
    if (!share || !state) return undefined;
    this.virtualTime = Math.max(this.virtualTime, share.virtualTime);
    const row = state.takeRow(now);
    this.rows -= 1;
    row.chargedSteps = steps;
    share.virtualTime += steps;
    this.active.put(share);
    if (state.runnableRows === 0) this.deactivate(share, state);
    return row;
  }

  /** A row comes back from a thread. @param steps that it really ran */
  charge(row: Row<RequestState>, steps: number): void {
    const share = this.share(row.request);
    share.virtualTime += steps - row.chargedSteps;
    if (this.active.has(share)) this.active.put(share);
    row.request.rerank();
    if (share.runnable.has(row.request)) share.runnable.put(row.request);
  }

  giveBack(row: Row<RequestState>): void {
    row.request.giveBack(row);
    this.rows += 1;
    this.activate(this.share(row.request), row.request);
  }

  /** Brings requests to the front whose deadline leaves less than `slackMs`. */
  findUrgent(slackMs: number, stepMs: number, now: number): void {
    if (this.deadlines === 0) return;
    for (const share of this.active.all)
      share.urgent = share.runnable.all
        .filter((state) => state.slackMs(stepMs, now) < slackMs)
        .sort((left, right) => right.slackMs(stepMs, now) - left.slackMs(stepMs, now));
  }

  private share({ request }: RequestState): Share {
    const key = request.apiKeyId ?? '';
    const known = this.shares.get(key);
    if (known) return known;
    const share = { virtualTime: this.virtualTime, requests: 0, runnable: new IndexedHeap(ranksBefore), urgent: [] };
    this.shares.set(key, share);
    return share;
  }

  private activate(share: Share, state: RequestState): void {
    if (state.runnableRows > 0) share.runnable.put(state);
    if (share.runnable.size > 0) this.active.put(share);
  }

  private deactivate(share: Share, state: RequestState): void {
    share.runnable.remove(state);
    share.urgent = share.urgent.filter((other) => other !== state);
    if (share.runnable.size === 0) this.active.remove(share);
  }

  private sweep(): void {
    for (const [key, share] of this.shares)
      if (share.requests === 0 && share.virtualTime <= this.virtualTime) this.shares.delete(key);
  }
}

function ranksBefore(left: RequestState, right: RequestState): boolean {
  return left.rank === right.rank ? left.number < right.number : left.rank < right.rank;
}
