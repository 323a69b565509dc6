/**
 * A request inside the engine, its life and its rows. Knows nothing of who goes first, of deadlines and of
 * threads.
 */

import { CancelledError, type DdimError, copyRowArrays } from '#ddim';
import type { Ending } from './ending.js';
import type { CachedModel } from '../models/model-cache.js';
import type { FinishReason } from '../report/observer.js';
import type { EngineRequest, EngineResult, Interruption } from './request.js';
import type { Lane } from '../models/lane.js';
import { HandedOverError } from './handed-over-error.js';
import { Notices } from './notices.js';
import { Row } from './row.js';
import { fits, readState, type HeldRow, type RowProgress } from './row-progress.js';
import { shareFloat32, sharePlan, shareUint8 } from '../memory/shared-arrays.js';
import type { ThreadRequest } from '../protocol/thread-protocol.js';

type RequestStatus = 'loading' | 'waiting' | 'running' | 'finished';

/**
 * A request inside the engine, and its rows. Its life, through `become`:
 *
 *   loading   its model version is on its way; ends when that is here (`place`)
 *   waiting   placed, but no row has started; ends with the first row (`takeRow`)
 *   running   at least one row has started; rows not started are a counter, started ones are idle or held by
 *             a thread
 *   finished  it has ended in one of three ways (`end`); rows that threads still hold are dropped when these
 *             report
 *
 * Any of the first three may end at any time; `finished` is final, and the promise settles exactly once after
 * it.
 */
export class RequestState {
  status: RequestStatus = 'loading';
  ending: Ending | undefined;
  startedAt: number | undefined;
  endedAt: number | undefined;
  completedRows = 0;
  /** Rows × steps done, by an earlier run too. */
  rowSteps = 0;
  /** Of these and of the completed rows, what an earlier run did. */
  resumed = { rowSteps: 0, rows: 0 };
  /** How far it had come when it was stopped to go on elsewhere. */
  private progress: RowProgress | undefined;
  /** Rows × seconds of the backend calls that held them. */
  rowSeconds = 0;
  readonly numSteps: number;
  /** What threads must know of it. */
  readonly forThreads: ThreadRequest;
  /** [rows,D], filled as rows complete. */
  actions = new Float32Array(0);
  private readonly liveRows = new Set<Row<RequestState>>();
  /** Started rows that no thread holds, by steps done; suspects are not among them. */
  private readonly idleRows: Row<RequestState>[] = [];
  private nextRow = 0;
  private hasBegun = false;
  /** Held from its arrival to the end of the request. */
  model: CachedModel | undefined;
  /** Bytes of memory it was admitted with. */
  bytes = 0;
  private home: Lane | undefined;
  readonly notices: Notices;
  private unfollow: () => void = () => {};

  constructor(
    readonly number: number,
    readonly request: EngineRequest,
    readonly arrivedAt: number,
    readonly promise: { resolve(result: EngineResult): void; reject(error: DdimError): void },
  ) {
    this.notices = new Notices(request);
    this.numSteps = request.plan.timesteps.length;
    this.forThreads = shareRequest(number, request);
  }

  get isFinished(): boolean {
    return this.status === 'finished';
  }

  /** Rows that could join a batch now. */
  get runnableRows(): number {
    return this.status === 'waiting' || this.status === 'running' ? this.rowsNotStarted + this.idleRows.length : 0;
  }

  /** It has been given its lane. */
  get isPlaced(): boolean {
    return this.home !== undefined;
  }

  get rowsNotStarted(): number {
    return this.request.rows - this.nextRow;
  }

  get rowsStarted(): number {
    return this.nextRow - this.completedRows;
  }

  /** Its lane; only a request that has been placed has one. */
  get lane(): Lane {
    if (!this.home) throw new TypeError(`request ${this.number} has no lane yet`);
    return this.home;
  }

  /** Calls back when the caller aborts the request, as long as it has not ended. */
  followSignal(onAbort: (signal: Interruption) => void): void {
    const { signal } = this.request;
    if (!signal) return;
    const listener = (): void => onAbort(signal);
    signal.addEventListener('abort', listener, { once: true });
    this.unfollow = () => signal.removeEventListener('abort', listener);
  }

  /**
   * Its model is here. Rows that an earlier run has begun are taken up where it left them, if they fit.
   * @param arithmetic what computes here
   */
  place(lane: Lane, arithmetic: string): void {
    this.home = lane;
    this.actions = new Float32Array(this.request.rows * lane.slab.shape.outputSize);
    this.become('waiting');
    const { numSteps, request } = this;
    const { outputSize } = lane.slab.shape;
    const from = request.resumeFrom;
    if (from && fits(from, { arithmetic, rows: request.rows, numSteps, outputSize })) this.resume(from);
  }

  /** The most advanced idle row, else a new one. */
  takeRow(now: number): Row<RequestState> {
    if (this.status === 'waiting') {
      this.startedAt = now;
      this.become('running');
    }
    return this.idleRows.pop() ?? this.startRow();
  }

  private resume({ steps, states, rowSeconds }: RowProgress): void {
    const { memory, shape } = this.lane.slab;
    this.rowSeconds = rowSeconds;
    this.notices.resumed(steps[0] ?? 0);
    for (const [index, step] of steps.entries()) {
      const row = this.startRow();
      row.step = step;
      this.rowSteps += step;
      memory.state(row.slot, row.half).set(states.subarray(index * shape.outputSize, (index + 1) * shape.outputSize));
      if (row.isDone) this.complete(row);
      else this.giveBack(row);
    }
    this.resumed = { rowSteps: this.rowSteps, rows: this.completedRows };
  }

  private startRow(): Row<RequestState> {
    const row = new Row(this, this.nextRow++, this.lane.slab.allocate());
    this.liveRows.add(row);
    return row;
  }

  /** Native code is about to work for it. */
  begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.request.onBegin?.();
  }

  get rowStepsLeft(): number {
    return this.request.rows * this.numSteps - this.rowSteps;
  }

  /** A guided row is two rows of the network. */
  get isGuided(): boolean {
    return this.request.plan.options.guidanceScale !== 1;
  }

  /** Steps that its last row has still to run. */
  get stepsLeft(): number {
    if (this.rowsNotStarted > 0) return this.numSteps;
    let most = 0;
    for (const { stepsLeft } of this.liveRows) most = Math.max(most, stepsLeft);
    return most;
  }

  /** A row comes back from a thread, to go on later. */
  giveBack(row: Row<RequestState>): void {
    let at = this.idleRows.length;
    while (at > 0 && this.idleRows[at - 1].step > row.step) at -= 1;
    this.idleRows.splice(at, 0, row);
  }

  reportProgress(now: number): void {
    if (this.isFinished) return;
    const runMs = now - (this.startedAt ?? now);
    const steps = { steps: this.rowSteps, stepsBefore: this.resumed.rowSteps };
    this.notices.progress({ rows: this.completedRows, ...steps, runMs });
  }

  reportPreview(row: Row<RequestState>, x0: Float32Array, now: number): void {
    if (!this.isFinished && !row.isDone) this.notices.preview(row.step, x0, now);
  }

  /** Copies a finished row out and frees its slot. */
  complete(row: Row<RequestState>): void {
    const { slab } = this.lane;
    this.actions.set(slab.memory.state(row.slot, row.half), row.index * slab.shape.outputSize);
    this.drop(row);
    this.completedRows += 1;
  }

  /** Frees the slot of a row that ends without a result. */
  drop(row: Row<RequestState>): void {
    this.liveRows.delete(row);
    this.lane.slab.release(row.slot);
  }

  /** Ends the request and frees its idle rows. */
  end(ending: Ending, now: number): void {
    this.become('finished');
    this.unfollow();
    this.ending = ending;
    this.endedAt = now;
    for (const row of this.idleRows.splice(0)) this.drop(row);
  }

  /**
   * Keeps how far its rows have come, so that another engine goes on from there; call before `end`.
   * @param threads what they compute with, and where they are with a row that one of them holds
   */
  keepProgress(threads: { readonly arithmetic: string; holding(row: Row<RequestState>): HeldRow | undefined }): void {
    if (this.nextRow === 0) return;
    const { memory, shape } = this.lane.slab;
    const steps = new Int32Array(this.nextRow).fill(this.numSteps);
    const states = this.actions.slice(0, this.nextRow * shape.outputSize); // those of completed rows
    for (const row of this.liveRows) {
      const out = states.subarray(row.index * shape.outputSize, (row.index + 1) * shape.outputSize);
      steps[row.index] = readState(row, memory, { held: threads.holding(row), out });
    }
    const { arithmetic } = threads;
    if (steps.some((step) => step > 0)) this.progress = { arithmetic, steps, states, rowSeconds: this.rowSeconds };
  }

  /** Settles the promise; called once, after `end`. */
  settle(warnings: readonly string[]): void {
    const { ending, progress } = this;
    if (ending?.kind === 'failed') this.promise.reject(ending.error);
    else if (progress) this.promise.reject(new HandedOverError(progress));
    else if (ending?.kind === 'cancelled') this.promise.reject(new CancelledError(ending.reason));
    else this.promise.resolve(this.result(warnings));
  }

  get finishReason(): FinishReason {
    if (this.ending?.kind !== 'cancelled') return this.ending?.kind ?? 'failed';
    return this.ending.reason === 'shutdown' ? 'cancelled' : this.ending.reason;
  }

  /** Seconds from arrival to the first step, and from there to the end. */
  get waitSeconds(): number {
    return ((this.startedAt ?? this.endedAt ?? this.arrivedAt) - this.arrivedAt) / 1e3;
  }

  get runSeconds(): number {
    return this.startedAt === undefined ? 0 : ((this.endedAt ?? this.startedAt) - this.startedAt) / 1e3;
  }

  private become(status: RequestStatus): void {
    if (this.status === 'finished') throw new TypeError(`request ${this.number} is finished and cannot be ${status}`);
    this.status = status;
  }

  private result(warnings: readonly string[]): EngineResult {
    const { actions, waitSeconds, runSeconds, request } = this;
    const denoiseSeconds = this.rowSeconds / request.rows;
    return { actions, waitSeconds, runSeconds, denoiseSeconds, warnings: [...request.plan.warnings, ...warnings] };
  }
}

function shareRequest(number: number, request: EngineRequest): ThreadRequest {
  const { plan, seed, samplesPerObservation } = request;
  return {
    number,
    plan: sharePlan(plan),
    seed,
    samplesPerObservation,
    observations: shareFloat32(request.observations),
    ...copyRowArrays(request, { numbers: shareFloat32, mask: shareUint8 }),
  };
}
