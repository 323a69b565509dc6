import type { Assignment, Work } from './assignment.js';
import { spread } from './batch-size.js';
import { Lane, laneKey, type LaneOptions } from './lane.js';
import { macroStepSize } from './macro-step-size.js';
import type { RequestState } from './request-state.js';
import type { Row } from './row.js';
import { SoloQueue } from './solo-queue.js';
import type { RunReport } from './thread-protocol.js';
import { PRIORITIES } from '../vocabulary.js';

/** Rows with less slack than this before their deadline go first: two macro-steps. */
const URGENT_SLACK_MS = 20;
/** A batch that a thread is to go on with must be so full: it is put together earlier than it need be. */
const LEAST_FILL_AHEAD = 0.75;
/** Without any measurement, and while nothing runs, so many rows per thread are worth having. */
const USUAL_CAP = 32;

export interface RowSchedulerOptions {
  readonly threads: number;
  readonly maxBatchRows: number;
  readonly maxStepsPerCall: number;
  readonly cheapStepsPerCall: number;
  readonly now: () => number;
  /** Nothing else is in the engine: the solo request may run as soon as it is let in with `enterAlone`. */
  readonly onAlone: (state: RequestState) => void;
}

/** What the scheduler needs to know of the thread that asks, and of the others. */
export interface Asker {
  /** Model keys that it has loaded. */
  readonly models: ReadonlySet<string>;
  /** Threads that could take rows now, this one included. */
  readonly idleThreads: number;
  /** Model keys that another thread is loading, and no thread has loaded before. */
  readonly firstLoads: ReadonlySet<string>;
}

/**
 * Chooses what an idle thread does next, by rows and not by requests. Lanes share the threads by weight and measured time; in a lane the
 * order is class (with floors), API key (fair shares), deadline (little slack first), shortest remaining time with ageing. A row that is
 * not chosen keeps its state and its step, so that preemption costs nothing.
 */
export class RowScheduler {
  private readonly lanes = new Map<string, Lane>();
  private readonly requests = new SoloQueue(
    (state) => state.lane.add(state, this.options.now()),
    (state) => state.lane.queue(state).remove(state),
    (state) => this.options.onAlone(state),
  );
  /** Rows that were in the hands of a thread that died; each runs alone once. */
  private readonly suspects: Row<RequestState>[] = [];
  private virtualMs = 0;

  constructor(private readonly options: RowSchedulerOptions) {}

  /** The lane of such requests, made on first need. */
  lane(options: LaneOptions): Lane {
    const lane = this.lanes.get(laneKey(options)) ?? new Lane(options);
    this.lanes.set(lane.key, lane);
    return lane;
  }

  /** Lanes of a version. */
  lanesOf(version: string): Lane[] {
    return [...this.lanes.values()].filter((lane) => lane.model.version === version);
  }

  /** The version goes; where it could not be loaded, its requests are still to be ended, and rows may come back. @returns the lanes */
  removeLanes(version: string): Lane[] {
    const lanes = this.lanesOf(version);
    for (const lane of lanes) this.lanes.delete(lane.key);
    return lanes;
  }

  /** Requests with rows that were in the hands of a thread that died. */
  get suspectRequests(): RequestState[] {
    return [...new Set(this.suspects.map(({ request }) => request))];
  }

  /** Whether a row waits that a thread could take. */
  get hasRunnableRows(): boolean {
    return this.suspects.length > 0 || this.runnableLanes.length > 0;
  }

  /** Rows worth having here: what the threads run, and as much again; where they are given a batch to go on with, that too. */
  get rowsWanted(): number {
    const { threads, maxBatchRows } = this.options;
    const perThread = [...this.lanes.values()].map((lane) =>
      lane.first ? (lane.isBacklogged ? 3 : 2) * this.capOf(lane) : 0,
    );
    return threads * Math.max(2 * Math.min(USUAL_CAP, maxBatchRows), ...perThread);
  }

  add(state: RequestState): void {
    if (state.lane.runnableRows === 0) state.lane.virtualMs = Math.max(state.lane.virtualMs, this.virtualMs);
    this.requests.add(state);
  }

  /** A solo request that was told to be alone runs now, unless it has ended. */
  enterAlone(state: RequestState): void {
    this.requests.enterAlone(state);
  }

  /** The request is about to end; its suspects leave with it. */
  remove(state: RequestState): void {
    for (const suspect of this.suspects.filter((row) => row.request === state)) {
      this.suspects.splice(this.suspects.indexOf(suspect), 1);
      state.drop(suspect);
    }
    this.requests.remove(state);
  }

  /** A row comes back from a thread to go on later. */
  giveBack(row: Row<RequestState>): void {
    if (row.suspect) this.suspects.push(row);
    else row.request.lane.queue(row.request).giveBack(row);
  }

  /** Learns from what an assignment really took. @param macroSteps that it completed */
  learn({ lane, rows, stepsPerCall, expectedMs, weight }: Assignment, macroSteps: number, report?: RunReport): void {
    const calls = report?.calls ?? [];
    const ms = calls.reduce((sum, { seconds, outsideSeconds }) => sum + seconds + outsideSeconds, 0) * 1e3;
    lane.virtualMs += (ms - expectedMs) / weight;
    for (const row of rows) lane.queue(row.request).charge(row, macroSteps * stepsPerCall);
    if (report?.rejected?.code === 'out_of_memory') lane.ranOutOfMemory(rows.length, this.options.now());
    if (report?.rejected) return;
    for (const { seconds, outsideSeconds, noiseSeconds, noisyRows, networkRows } of calls) {
      const msPerStep = ((seconds + outsideSeconds - noiseSeconds) * 1e3) / stepsPerCall;
      lane.cost.observe({ numRows: networkRows, msPerStep });
      if (noisyRows > 0) lane.cost.observeNoise((noiseSeconds * 1e3) / noisyRows / stepsPerCall);
    }
  }

  /** What an idle thread should do; nothing when no row can run. */
  schedule(asker: Asker): Work | undefined {
    const suspect = this.suspects.at(-1);
    const lane = suspect ? suspect.request.lane : this.nextLane(asker);
    if (!lane) return undefined;
    if (!asker.models.has(lane.modelKey)) return { kind: 'load', lane };
    if (suspect) {
      this.suspects.pop();
      return { ...this.assign(lane, [suspect], { weight: 1, maxBatchRows: 1 }), maxMacroSteps: 1 };
    }
    const cap = this.capOf(lane);
    const size = asker.idleThreads > 1 ? Math.min(cap, spread(lane.runnableRows, asker.idleThreads)) : cap;
    return this.take(lane, size, cap);
  }

  /** What a busy thread should go on with: another batch that is full, or nearly, where work has piled up. Who comes meanwhile waits for its end too. */
  scheduleAhead(asker: Asker): Assignment | undefined {
    const lane = this.suspects.length > 0 ? undefined : this.nextLane(asker);
    if (!lane?.isBacklogged || !asker.models.has(lane.modelKey)) return undefined;
    const cap = this.capOf(lane);
    return lane.runnableRows < LEAST_FILL_AHEAD * cap ? undefined : this.take(lane, cap, cap);
  }

  /** Whether rows of a request that has just come would take part in the next macro-step of this batch, were it put together anew. */
  wouldJoin(state: RequestState, { lane, rows, maxBatchRows }: Assignment): boolean {
    if (state.lane !== lane || rows.length < maxBatchRows || state.request.deadlineAt !== undefined) return true;
    const { apiKeyId } = state.request;
    return rows.some(({ request }) => request.request.apiKeyId !== apiKeyId || goesBefore(state, request));
  }

  /** Whether a request that has just come ought to run before a batch that has not begun. */
  goesFirst(state: RequestState, { rows }: Assignment): boolean {
    return state.request.deadlineAt !== undefined || rows.some(({ request }) => goesBefore(state, request));
  }

  /** Whether a request could not be in time even if it ran alone from now on. */
  isHopeless(state: RequestState): boolean {
    const isMeasured = state.isPlaced && state.lane.cost.isMeasured;
    return state.slackMs(isMeasured ? state.lane.cost.stepMs(1) : 0, this.options.now()) < 0;
  }

  /** Whether a request that has just come cannot be in time, because better-ranked work goes first. */
  isTooLate(state: RequestState): boolean {
    const { lane } = state;
    if (state.request.deadlineAt === undefined || !lane.cost.isMeasured) return this.isHopeless(state);
    let betterMs = 0;
    let numRows = state.request.rows;
    for (const other of this.requests.present) {
      if (other.lane !== lane) continue;
      numRows += other.request.rows - other.completedRows;
      if (goesBefore(other, state)) betterMs += other.workLeftMs;
    }
    const stepMs = lane.cost.stepMs(Math.min(numRows, this.capOf(lane, state)));
    return state.slackMs(stepMs, this.options.now()) < betterMs / this.options.threads;
  }

  private get runnableLanes(): Lane[] {
    return [...this.lanes.values()].filter((lane) => lane.runnableRows > 0);
  }

  /**
   * The lane that has had least of the threads. While another thread loads a model for the first time, one that needs no load, else another
   * load: what the first thread finds out about the model spares the others the same work.
   */
  private nextLane({ models, firstLoads }: Asker): Lane | undefined {
    const lanes = this.runnableLanes.sort((left, right) => left.virtualMs - right.virtualMs);
    if (firstLoads.size === 0) return lanes[0];
    return lanes.find((lane) => models.has(lane.modelKey)) ?? lanes.find((lane) => !firstLoads.has(lane.modelKey));
  }

  /** Its runnable rows of the best class that any lane has. */
  private weightOf(lane: Lane): number {
    const best = PRIORITIES.find((priority) => this.runnableLanes.some((other) => other.runnableOf(priority) > 0));
    return Math.max(1, best ? lane.runnableOf(best) : 1);
  }

  private capOf(lane: Lane, first = lane.first): number {
    const now = this.options.now();
    let threads = this.options.threads;
    for (const other of this.lanes.values()) if (other !== lane) threads -= other.load(now);
    const { maxBatchRows } = this.options;
    return first ? lane.capFor(first, { threads, maxBatchRows, now }) : maxBatchRows;
  }

  private take(lane: Lane, size: number, maxBatchRows: number): Assignment {
    const weight = this.weightOf(lane);
    this.virtualMs = Math.max(this.virtualMs, lane.virtualMs);
    const rows = lane.takeRows(size, URGENT_SLACK_MS, this.options.now());
    return this.assign(lane, rows, { weight, maxBatchRows });
  }

  private assign(
    lane: Lane,
    rows: readonly Row<RequestState>[],
    { weight, maxBatchRows }: Pick<Assignment, 'weight' | 'maxBatchRows'>,
  ): Assignment {
    const now = this.options.now();
    const networkRows = rows.reduce((sum, { request }) => sum + (request.isGuided ? 2 : 1), 0);
    const noisyRows = rows.filter(({ request }) => request.request.plan.needsNoise).length;
    const stepMs = lane.cost.stepMs(networkRows, noisyRows);
    const previews = [...rows.keys()].filter((b) => rows[b].stepsToPreview(now) !== undefined);
    const size = macroStepSize({
      stepMs,
      stepsLeft: rows.map(({ stepsLeft }) => stepsLeft),
      isBulk: rows.every(({ request }) => request.request.priority === 'bulk'),
      isShared: lane.hasDeadlines || this.requests.isHolding || this.runnableLanes.some((other) => other !== lane),
      stepsToPreview: Math.min(...previews.map((b) => rows[b].stepsToPreview(now) ?? Infinity)),
      maxStepsPerCall: lane.kind === 'raw' ? 1 : this.options.maxStepsPerCall,
      cheapStepsPerCall: this.options.cheapStepsPerCall,
    });
    const expectedMs = size.stepsPerCall * size.maxMacroSteps * stepMs;
    lane.virtualMs += expectedMs / weight;
    return { kind: 'run', lane, rows, ...size, expectedMs, weight, maxBatchRows, previews };
  }
}

function goesBefore(left: RequestState, right: RequestState): boolean {
  const classes = PRIORITIES.indexOf(left.request.priority) - PRIORITIES.indexOf(right.request.priority);
  return classes === 0 ? left.rank < right.rank : classes < 0;
}
