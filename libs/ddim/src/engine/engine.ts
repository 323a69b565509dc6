import { CancelledError, type EngineError } from '../errors.js';
import { Admission } from './admission.js';
import type { BackendCapabilities, BackendInfo } from './backend.js';
import { EngineLoop, type EngineParts } from './engine-loop.js';
import { EngineModels } from './engine-models.js';
import { DEFAULT_LIMITS, type EngineLimits, type EngineOptions } from './engine-options.js';
import { nodeHost } from './node-host.js';
import { Reporter } from './reporter.js';
import type { EngineRequest, EngineResult } from './request.js';
import { RowScheduler } from './row-scheduler.js';
import { collectStats } from './collect-stats.js';
import type { EngineStats, EngineStatus } from './stats.js';
import type { EngineHost } from './thread-host.js';
import { ThreadPool } from './thread-pool.js';

/** How often the engine looks at deadlines and at threads that say nothing. */
const WATCH_MS = 250;

/**
 * Advances the rows of many requests together, a few denoising steps at a time. Its life, through `become`:
 *
 *   running   takes requests
 *   draining  takes none, and lets those it has run to their end or to the deadline
 *   closed    no request is left, every thread has ended
 *   failed    threads hang or keep dying; all requests were rejected, only a new process helps
 */
export class Engine {
  private status: EngineStatus = 'running';
  private failure: EngineError | undefined;
  private closing: Promise<void> | undefined;
  private readonly parts: EngineParts;
  private readonly loop: EngineLoop;

  private readonly limits: EngineLimits;

  private constructor(
    options: EngineOptions,
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
    const rowScheduler = new RowScheduler({
      threads: pool.threads.length,
      maxBatchRows: options.maxBatchRows ?? maxBatchRows,
      maxStepsPerCall,
      cheapStepsPerCall,
      now,
      onAlone: (state) => void this.loop.enterAlone(state),
    });
    const models = new EngineModels({ options, pool, rowScheduler, reporter, now });
    this.parts = { pool, models, admission, reporter, rowScheduler, now };
    this.loop = new EngineLoop(this.parts);
    pool.onFailure = (error) => this.fail(error);
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
   * @throws InputError for the request's own fault, `non_finite_result` included; CancelledError when it was stopped; ModelLoadError,
   * BackendError, OutOfMemoryError; EngineError `engine_full`, `engine_failed` or `poisonous_job`
   */
  submit(request: EngineRequest): Promise<EngineResult> {
    return new Promise((resolve, reject) => {
      if (this.failure) throw this.failure;
      if (this.status !== 'running') throw new CancelledError('shutdown', `the engine is ${this.status}`);
      this.loop.enter(this.parts.admission.admit(request, { resolve, reject })).catch(reject);
    });
  }

  /** Rows worth having here now, one or two macro-steps more than run: what is beyond could be started sooner by another engine. */
  get rowsWanted(): number {
    return this.status === 'running' ? Math.min(this.parts.rowScheduler.rowsWanted, this.limits.rows) : 0;
  }

  stats(): EngineStats {
    const { status, failure, secondsSinceTick, rowsWanted, parts } = this;
    return collectStats({ status, failure, secondsSinceTick, rowsWanted, ...parts });
  }

  /** Refuses new requests, lets the others run, and aborts what is left after deadlineMs with CancelledError `shutdown`. */
  async drain(deadlineMs: number): Promise<void> {
    if (this.status === 'running') this.become('draining');
    const { requests } = this.parts.admission;
    const callOff = this.host.after(deadlineMs, () =>
      this.loop.stop(requests, { kind: 'cancelled', reason: 'shutdown' }),
    );
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
      this.parts.reporter.thread({ thread: id, event: 'stopped', reason: undefined });
    if (this.status === 'draining') this.become('closed');
  }

  /** Requests without runnable rows wait for something else: a model, a place alone, rows that are running. */
  private get secondsSinceTick(): number {
    const { admission, rowScheduler } = this.parts;
    if (!rowScheduler.hasRunnableRows) return 0;
    const [{ arrivedAt }] = admission.requests; // the oldest; before it nothing needed a tick
    return (this.host.now() - Math.max(this.loop.tickedAt, arrivedAt)) / 1e3;
  }

  private fail(error: EngineError): void {
    if (this.status === 'closed' || this.status === 'failed') return;
    this.failure = error;
    this.become('failed');
    this.loop.stop(this.parts.admission.requests, { kind: 'failed', error });
  }

  /** What must happen although no thread reports. */
  private keepWatch(): void {
    this.host.after(WATCH_MS, () => {
      if (this.status === 'closed' || this.status === 'failed') return;
      this.loop.stopLate();
      this.parts.pool.failHungThreads();
      this.keepWatch();
    });
  }

  private become(status: EngineStatus): void {
    if (this.status === 'closed' || this.status === 'failed')
      throw new TypeError(`the engine has ${this.status} and cannot be ${status}`);
    this.status = status;
  }
}
