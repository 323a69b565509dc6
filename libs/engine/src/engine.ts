/**
 * An engine from start to end: its parts, its state, draining, loss. Knows nothing of queues and HTTP, of how
 * rows are chosen, and of how they are computed.
 */

import { CancelledError, EngineError } from '#ddim';
import { Admission } from './requests/admission.js';
import type { BackendCapabilities, BackendInfo } from './backend/backend.js';
import { Dispatcher } from './scheduling/dispatcher.js';
import { describeOverdue, type OverdueCall } from './threads/call-watch.js';
import { EngineLoop, type EngineParts } from './loop.js';
import type { EngineLoss } from './report/engine-loss.js';
import { EngineModels } from './models/engine-models.js';
import { DEFAULT_LIMITS, type EngineLimits, type EngineOptions } from './options.js';
import type { EngineThread } from './threads/engine-thread.js';
import { nodeHost } from './threads/node-host.js';
import { Reporter } from './report/reporter.js';
import type { EngineRequest, EngineResult } from './requests/request.js';
import type { RequestState } from './requests/request-state.js';
import { RowScheduler } from './scheduling/row-scheduler.js';
import { collectStats } from './report/collect-stats.js';
import type { EngineStats, EngineStatus } from './report/stats.js';
import type { EngineHost } from './threads/thread-host.js';
import { ThreadPool } from './threads/thread-pool.js';
import { unfinishedAfter } from './scheduling/unfinished-requests.js';

/** How often the engine looks at deadlines and at threads that say nothing. */
const WATCH_MS = 250;

/**
 * Advances the rows of many requests together, a few denoising steps at a time. Its life, through `become`:
 *
 *   running   takes requests
 *   draining  takes none, and lets those it has run to their end or to the deadline
 *   closed    no request is left, every thread has ended
 *   failed    threads keep dying: only a new process helps
 *   hung      a thread does not come back from a native call: so that process must not even wait for its end
 *
 * When an engine is lost, failed or hung, requests that had a part in it fail with `engine_failed`; the
 * others are stopped with CancelledError `shutdown`, for they can run elsewhere.
 */
export class Engine {
  private status: EngineStatus = 'running';
  /** Resolves when the engine is lost. */
  readonly lost: Promise<EngineLoss>;
  private loss: EngineLoss | undefined;
  private drainUntil = Infinity;
  private announceLoss: (loss: EngineLoss) => void = () => {};
  private closing: Promise<void> | undefined;
  private readonly parts: EngineParts;
  private readonly loop: EngineLoop;

  private readonly limits: EngineLimits;

  private constructor(
    private readonly options: EngineOptions,
    private readonly host: EngineHost,
    pool: ThreadPool,
  ) {
    const { now } = host;
    const { maxStepsPerCall, cheapStepsPerCall, maxBatchRows } = pool.capabilities;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    const admission = new Admission({
      limits: this.limits,
      capabilities: pool.capabilities,
      now,
      onEnd: (state, ending) => this.loop.stop([state], ending),
    });
    const reporter = new Reporter(options.observer ?? {}, pool.info, admission.requests);
    const dispatcher = new Dispatcher({
      policy: options.policy ?? ((context) => new RowScheduler(context)),
      threads: pool.threads.length,
      maxBatchRows: options.maxBatchRows ?? maxBatchRows,
      maxStepsPerCall,
      cheapStepsPerCall,
      now,
      onAlone: (state) => void this.loop.enterAlone(state),
    });
    const models = new EngineModels({ options, pool, reporter, now, onGone: (lane) => dispatcher.forget(lane) });
    this.parts = { pool, models, admission, reporter, dispatcher, now };
    this.loop = new EngineLoop(this.parts);
    this.lost = new Promise((resolve) => {
      this.announceLoss = resolve;
    });
    pool.onFailure = (error) =>
      this.lose({ status: 'failed', error, culprit: undefined }, this.parts.dispatcher.suspectRequests);
    this.keepWatch();
  }

  /** Starts the engine's threads. @throws BackendError when no provider works */
  static async start(options: EngineOptions, host: EngineHost = nodeHost): Promise<Engine> {
    return new Engine(options, host, await ThreadPool.start(options, host));
  }

  /** What the threads run on. */
  get info(): BackendInfo {
    return this.parts.pool.info;
  }

  get capabilities(): BackendCapabilities {
    return this.parts.pool.capabilities;
  }

  /**
   * Resolves with the request's actions.
   * @throws InputError for the request's own fault, `non_finite_result` included; CancelledError when it was
   * stopped, HandedOverError where another engine can go on; ModelLoadError, BackendError, OutOfMemoryError;
   * EngineError `engine_full`, `poisonous_job`, or `engine_failed` when it had a part in the engine's loss
   */
  submit(request: EngineRequest): Promise<EngineResult> {
    return new Promise((resolve, reject) => {
      if (this.status !== 'running')
        throw new CancelledError('shutdown', this.loss?.error.message ?? `the engine is ${this.status}`);
      this.loop.enter(this.parts.admission.admit(request, { resolve, reject })).catch(reject);
    });
  }

  /**
   * Rows worth having here now, one or two macro-steps more than run: what is beyond could be started sooner
   * by another engine.
   */
  get rowsWanted(): number {
    return this.status === 'running' ? Math.min(this.parts.dispatcher.rowsWanted, this.limits.rows) : 0;
  }

  stats(): EngineStats {
    const { status, loss, secondsSinceTick, rowsWanted, parts } = this;
    return collectStats({ status, failure: loss?.error, secondsSinceTick, rowsWanted, ...parts });
  }

  /**
   * Refuses new requests and lets the others run; stops those with CancelledError `shutdown` that will not
   * end within deadlineMs, at once where that is clear, so that nothing more is done for them. Of those that
   * have begun a HandedOverError says how far they have come.
   */
  async drain(deadlineMs: number): Promise<void> {
    if (this.status === 'running') this.become('draining');
    this.drainUntil = Math.min(this.drainUntil, this.host.now() + deadlineMs);
    this.handBackUnfinished();
    const callOff = this.host.after(deadlineMs, () => this.handBack(this.parts.admission.requests));
    await this.loop.whenEmpty();
    callOff();
  }

  /** Drains at once and ends every thread after its current backend call. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    await this.drain(0);
    await this.parts.pool.stop();
    for (const { id } of this.parts.pool.threads)
      this.parts.reporter.report('onThread', { thread: id, event: 'stopped', reason: undefined });
    if (this.status === 'draining') this.become('closed');
  }

  /**
   * Requests without runnable rows wait for something else: a model, a place alone, rows that are running.
   * Calls of threads are watched by themselves.
   */
  private get secondsSinceTick(): number {
    const { admission, dispatcher, pool } = this.parts;
    if (!dispatcher.hasRunnableRows || pool.isWorking) return 0;
    const [{ arrivedAt }] = admission.requests; // the oldest; before it nothing needed a tick
    return (this.host.now() - Math.max(this.loop.tickedAt, arrivedAt)) / 1e3;
  }

  /** They can run elsewhere. */
  private handBack(requests: Iterable<RequestState>): void {
    this.loop.stop(requests, { kind: 'cancelled', reason: 'shutdown' });
  }

  /** Those for which the time left will not do. */
  private handBackUnfinished(): void {
    const { admission, pool } = this.parts;
    const msLeft = this.drainUntil - this.host.now();
    if (msLeft < Infinity) this.handBack(unfinishedAfter(msLeft, admission.requests, pool.threads.length));
  }

  /** @param suspects requests that may be to blame */
  private lose(loss: EngineLoss, suspects: readonly RequestState[]): void {
    if (this.isOver) return;
    this.loss = loss;
    this.become(loss.status);
    this.announceLoss(loss);
    const letGo = (): void => {
      this.loop.stop(suspects, { kind: 'failed', error: loss.error });
      this.handBack(this.parts.admission.requests);
    };
    void (this.options.onLost?.(loss) ?? Promise.resolve()).then(letGo, letGo);
  }

  /** Gives a thread up that does not come back from a native call. */
  private loseHungThread(): void {
    const { pool, admission } = this.parts;
    const hang = pool.findHang();
    if (!hang) return;
    const { thread, call } = hang;
    const version = thread.lane?.model.version;
    const suspects = [...admission.requests].filter((state) => thread.worksFor(state));
    const error = new EngineError('engine_failed', describeHang(thread, call));
    thread.giveUp();
    this.lose({ status: 'hung', error, culprit: call.isComputing ? version : undefined }, suspects);
  }

  /** Nothing happens any more. */
  private get isOver(): boolean {
    return this.status === 'closed' || this.loss !== undefined;
  }

  /** What must happen although no thread reports. */
  private keepWatch(): void {
    this.host.after(WATCH_MS, () => {
      if (this.isOver) return;
      this.loop.stopLate();
      this.handBackUnfinished();
      this.loseHungThread();
      this.keepWatch();
    });
  }

  private become(status: EngineStatus): void {
    if (this.status === 'closed' || this.status === 'failed' || this.status === 'hung')
      throw new TypeError(`the engine has ${this.status} and cannot be ${status}`);
    this.status = status;
  }
}

function describeHang({ id, lane, loading }: EngineThread, call: OverdueCall): string {
  const task = loading === undefined ? 'a step' : 'the load';
  const what = lane ? `${task} of ${lane.model.version}` : 'the start of its backend';
  return `engine thread ${id} ${describeOverdue(call)} for ${what}`;
}
