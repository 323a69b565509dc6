import { outputSize } from '../denoiser.js';
import { assertNever, CancelledError, DdimError, EngineError } from '../errors.js';
import { formatWarning } from '../warning.js';
import { Admission } from './admission.js';
import type { Assignment } from './assignment.js';
import type { BackendInfo } from './backend.js';
import { DEFAULT_LIMITS, type EngineOptions } from './engine-options.js';
import type { EngineThread } from './engine-thread.js';
import { asError, type Failure } from './failure.js';
import { ModelCache, type CachedModel } from './model-cache.js';
import { nodeHost } from './node-host.js';
import type { ModelFacts } from './observer.js';
import type { EngineRequest, EngineResult } from './request.js';
import { Reporter } from './reporter.js';
import { RequestState, type Ending } from './request-state.js';
import { RowScheduler } from './row-scheduler.js';
import { RowSlab, slabKey, type SlabShape } from './row-slab.js';
import type { Row } from './row.js';
import { collectStats, type EngineStats, type EngineStatus } from './stats.js';
import type { EngineHost } from './thread-host.js';
import type { LoadReport, RunReport, ThreadReport } from './thread-protocol.js';
import { ThreadPool } from './thread-pool.js';

/** What a thread has done, between `update` and `settle`. */
interface Outcome {
  readonly thread: EngineThread;
  readonly assignment: Assignment;
  readonly report: RunReport;
  /** Steps that were the rows' own, idle ones not counted. */
  readonly rowSteps: number;
  /** Rows that wait to be copied out. */
  readonly finished: readonly Row[];
}

/**
 * Advances the rows of many requests together, a few denoising steps at a time. Its life:
 *
 *   running   takes requests
 *   draining  takes none, and lets those it has run to their end or to the deadline
 *   closed    no request is left, every thread has ended
 *   failed    threads hang or keep dying; all requests were rejected, only a new process helps
 */
export class Engine {
  private status: EngineStatus = 'running';
  private failure: EngineError | undefined;
  private readonly admission: Admission;
  private readonly models: ModelCache;
  private readonly reporter: Reporter;
  private readonly rowScheduler: RowScheduler;
  private readonly slabs = new Map<string, RowSlab>();
  /** Requests that have ended, but whose promises have not settled yet. */
  private readonly ended: RequestState[] = [];
  private isWakePending = false;
  /** Model keys whose self-test found that neighbours change bits. */
  private readonly variantModels = new Set<string>();
  /** Versions that at least one thread has loaded. */
  private readonly loadedModels = new Set<string>();
  private readonly whenEmpty: Array<() => void> = [];

  private constructor(
    private readonly options: EngineOptions,
    private readonly host: EngineHost,
    private readonly pool: ThreadPool,
  ) {
    this.admission = new Admission({
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      capabilities: pool.capabilities,
      now: host.now,
      onAbort: (state, ending) => this.stop(state, ending),
    });
    this.reporter = new Reporter(options.observer ?? {}, pool.info, this.admission.requests);
    this.rowScheduler = new RowScheduler({ maxBatchRows: options.maxBatchRows, now: host.now });
    this.models = new ModelCache({
      budgetBytes: options.modelMemoryBytes,
      threads: pool.threads.length,
      now: host.now,
      loadModel: (version) => options.loadModel(version),
      onEvict: (model) => this.forgetModel(model),
    });
    pool.listen({
      reported: (thread, report) => this.onReport(thread, report),
      died: (thread, reason) => this.onDeath(thread, reason),
      failed: (error) => this.fail(error),
    });
  }

  /** Starts the engine's threads. @throws BackendError when no provider works */
  static async start(options: EngineOptions, host: EngineHost = nodeHost): Promise<Engine> {
    return new Engine(options, host, await ThreadPool.start(options, host));
  }

  /** What the threads run on. */
  get info(): BackendInfo {
    return this.pool.info;
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
      void this.bringModel(this.admission.admit(request, { resolve, reject }));
    });
  }

  /** How many more requests are worth taking now. */
  capacity(): number {
    const wanted = 2 * this.pool.threads.length * this.options.maxBatchRows - this.admission.rowsPresent;
    return this.status === 'running' ? Math.max(wanted, 0) : 0;
  }

  stats(): EngineStats {
    return collectStats({
      status: this.status,
      failure: this.failure?.message,
      pool: this.pool,
      models: this.models,
      admission: this.admission,
      slabs: [...this.slabs.values()],
      reporter: this.reporter,
      capacity: this.capacity(),
    });
  }

  /** Refuses new requests, lets the others run, and aborts what is left after deadlineMs with CancelledError `shutdown`. */
  async drain(deadlineMs: number): Promise<void> {
    if (this.status === 'running') this.status = 'draining';
    if (this.admission.requests.size === 0) return;
    const callOff = this.host.after(deadlineMs, () => {
      for (const state of this.admission.requests) this.end(state, { kind: 'cancelled', reason: 'shutdown' });
      this.settle();
    });
    await new Promise<void>((resolve) => this.whenEmpty.push(resolve));
    callOff();
  }

  /** Drains at once and ends every thread after its current backend call. */
  async close(): Promise<void> {
    await this.drain(0);
    await this.pool.stop();
    for (const { id } of this.pool.threads) this.reporter.thread({ thread: id, event: 'stopped', reason: undefined });
    if (this.status !== 'failed') this.status = 'closed';
  }

  /** One pass of the engine's loop for a thread that is idle, or that reports and becomes so. */
  private tick(thread: EngineThread, report?: RunReport): void {
    const outcome = report && this.update(thread, report);
    const work = this.rowScheduler.schedule(thread, this.pool.idle.length);
    if (work) thread.run(work);
    this.settle(outcome);
  }

  /** Brings rows and requests up to what the thread did; nothing that could wait. */
  private update(thread: EngineThread, report: RunReport): Outcome | undefined {
    const assignment = thread.release();
    if (!assignment) return undefined;
    const { rows, stepsPerCall } = assignment;
    let rowSteps = 0;
    for (const row of rows) rowSteps += row.advance(report.macroSteps, stepsPerCall);
    for (const { index, ...failure } of report.failures)
      this.end(rows[index].request, { kind: 'failed', error: asError(failure) });
    const finished = rows.filter((row) => this.takeBack(row, { suspect: false }));
    return { thread, assignment, report, rowSteps, finished };
  }

  /** @returns whether the row is done and waits to be copied out */
  private takeBack(row: Row, { suspect }: { readonly suspect: boolean }): boolean {
    if (row.request.isFinished) row.request.drop(row);
    else if (row.isDone) return true;
    else {
      row.suspect = suspect;
      this.rowScheduler.giveBack(row);
    }
    return false;
  }

  /** What may take its time now that the thread is busy again: results, promises, callbacks, observers. */
  private settle(outcome?: Outcome): void {
    if (outcome) this.account(outcome);
    for (const request of this.ended.splice(0)) this.letGo(request);
    for (const thread of this.pool.threads) thread.flush();
    if (this.admission.requests.size === 0) for (const resolve of this.whenEmpty.splice(0)) resolve();
  }

  private account({ thread, assignment, report, rowSteps, finished }: Outcome): void {
    for (const row of finished) this.complete(row);
    thread.count(report, rowSteps);
    const seconds = report.calls.reduce((sum, call) => sum + call.seconds, 0);
    const now = this.host.now();
    for (const state of new Set(assignment.rows.map(({ request }) => request))) {
      state.denoiseSeconds += seconds;
      this.reporter.guard(() => state.tellProgress(now));
    }
    for (const { index, x0 } of report.previews)
      this.reporter.guard(() => assignment.rows[index].request.tellPreview(assignment.rows[index], x0, now));
    this.reporter.macroSteps(thread.id, assignment, report, rowSteps);
  }

  private complete(row: Row): void {
    row.request.complete(row);
    if (row.request.completedRows === row.request.request.rows) this.end(row.request, { kind: 'completed' });
  }

  private letGo(state: RequestState): void {
    this.admission.leave(state);
    if (state.model) this.models.release(state.model);
    const isVariant = state.isPlaced && this.variantModels.has(state.lane.modelKey);
    state.settle(isVariant ? [VARIANT_WARNING] : []);
    this.reporter.request(state);
  }

  private async bringModel(state: RequestState): Promise<void> {
    try {
      const arriving = this.models.acquire(state.request.model);
      const model = arriving instanceof Promise ? await arriving : arriving;
      if (state.isFinished) return this.models.release(model);
      state.model = model;
      this.place(state, model);
    } catch (error) {
      this.stop(state, { kind: 'failed', error: asDdimError(error) });
    }
  }

  private place(state: RequestState, model: CachedModel): void {
    this.admission.weigh(state, model);
    const { precision, plan } = state.request;
    const { config } = model.source;
    const slab = this.slab({ outputSize: outputSize(config), conditionSize: config.hiddenSize });
    state.place(this.rowScheduler.lane({ model, precision, kind: plan.kind, slab }));
    this.rowScheduler.add(state);
    this.wake();
  }

  private slab(shape: SlabShape): RowSlab {
    const key = slabKey(shape);
    const slab = this.slabs.get(key) ?? new RowSlab(shape);
    this.slabs.set(key, slab);
    return slab;
  }

  /** Ends a request outside of a tick. */
  private stop(state: RequestState, ending: Ending): void {
    this.end(state, ending);
    this.settle();
  }

  /** Marks a request as ended; its promise settles with the next `settle`. */
  private end(state: RequestState, ending: Ending): void {
    if (state.isFinished) return;
    if (state.isPlaced) this.rowScheduler.remove(state);
    state.end(ending, this.host.now());
    for (const thread of this.pool.threads) {
      if (thread.holds(state)) thread.recall();
      thread.forget(state.number);
    }
    this.ended.push(state);
  }

  /** Idle threads take what can run; if none is idle, runs that go on by themselves are called back. All arrivals of one turn count as one. */
  private wake(): void {
    if (this.isWakePending) return;
    this.isWakePending = true;
    queueMicrotask(() => {
      this.isWakePending = false;
      for (const thread of this.pool.idle) this.tick(thread);
      if (this.rowScheduler.hasRunnableRows) for (const thread of this.pool.threads) thread.recall();
    });
  }

  private onReport(thread: EngineThread, report: ThreadReport): void {
    switch (report.kind) {
      case 'ran':
        this.tick(thread, report);
        break;
      case 'loaded':
        this.onLoaded(report);
        break;
      case 'loadFailed':
        this.failModel(report.version, report.failure);
        break;
      case 'started':
        this.reporter.thread({ thread: thread.id, event: 'started', reason: undefined });
        break;
      case 'startFailed':
        break;
      default:
        assertNever(report);
    }
    if (this.pool.idle.length > 0) this.wake();
  }

  /** Its rows go on from their last complete state, each alone at first; one that is alone for the second time is to blame. */
  private onDeath(thread: EngineThread, reason: string): void {
    this.reporter.thread({ thread: thread.id, event: 'died', reason });
    const assignment = thread.release();
    if (!assignment) return;
    const { rows, stepsPerCall } = assignment;
    for (const row of rows) row.advance(thread.macroStepsDone, stepsPerCall);
    if (rows.length === 1 && rows[0].suspect && !rows[0].isDone)
      this.end(rows[0].request, { kind: 'failed', error: poisonous(rows[0]) });
    for (const done of rows.filter((row) => this.takeBack(row, { suspect: true }))) this.complete(done);
    this.settle();
    this.wake();
  }

  private onLoaded({ model: key, version, batchInvariant, seconds }: LoadReport): void {
    if (!batchInvariant) this.variantModels.add(key);
    const isFirst = !this.loadedModels.has(version);
    this.loadedModels.add(version);
    if (isFirst) this.tellModel(version, 'loaded', seconds);
  }

  private failModel(version: string, failure: Failure): void {
    const error = asError(failure);
    this.models.fail(version, error);
    for (const state of this.admission.requests)
      if (state.isPlaced && state.request.model === version) this.end(state, { kind: 'failed', error });
    this.settle();
    this.tellModel(version, 'failed', 0);
  }

  private forgetModel({ version }: CachedModel): void {
    for (const { modelKey } of this.rowScheduler.removeLanes(version)) {
      this.variantModels.delete(modelKey);
      for (const thread of this.pool.threads) thread.unload(modelKey);
    }
    if (this.loadedModels.delete(version)) this.tellModel(version, 'evicted', 0);
  }

  private tellModel(model: string, event: ModelFacts['event'], seconds: number): void {
    const { all, memoryBytes } = this.models;
    this.reporter.model({ model, event, seconds, modelsLoaded: all.length, loadedBytes: memoryBytes });
  }

  private fail(error: EngineError): void {
    this.status = 'failed';
    this.failure = error;
    for (const state of this.admission.requests) this.end(state, { kind: 'failed', error });
    this.settle();
  }
}

const VARIANT_WARNING = formatWarning(
  'bit_exact_unavailable',
  "on this device a row's last bits can depend on the rows beside it",
);

function asDdimError(error: unknown): DdimError {
  return error instanceof DdimError ? error : new EngineError('internal_error', String(error), { cause: error });
}

function poisonous({ index, step }: Row): EngineError {
  return new EngineError(
    'poisonous_job',
    `row ${index} ended its engine thread twice, the last time alone, at step ${step}`,
  );
}
