/**
 * What happens when a thread reports or work arrives, in which order. Knows nothing of arithmetic, of policy,
 * and of starting and ending an engine.
 */

import { assertNever, CancelledError, EngineError, formatWarning } from '#ddim';
import type { Admission } from './requests/admission.js';
import type { Assignment, Work } from './scheduling/assignment.js';
import type { Dispatcher } from './scheduling/dispatcher.js';
import type { CachedModel } from './models/model-cache.js';
import type { EngineModels } from './models/engine-models.js';
import { endingBy, isHandOver, type Ending } from './requests/ending.js';
import type { EngineThread } from './threads/engine-thread.js';
import { asError, type Failure } from './protocol/failure.js';
import type { Reporter } from './report/reporter.js';
import type { RequestState } from './requests/request-state.js';
import type { Row } from './requests/row.js';
import type { ThreadPool } from './threads/thread-pool.js';
import type { RunReport, ThreadReport } from './protocol/thread-protocol.js';

/** The parts of an engine. */
export interface EngineParts {
  readonly pool: ThreadPool;
  readonly models: EngineModels;
  readonly admission: Admission;
  readonly reporter: Reporter;
  readonly dispatcher: Dispatcher;
  readonly now: () => number;
}

/** What a thread has done, between `update` and `settle`. */
interface Outcome {
  readonly thread: EngineThread;
  readonly assignment: Assignment;
  readonly report: RunReport;
  /** Steps that were the rows' own, idle ones not counted. */
  readonly rowSteps: number;
  /** Rows that wait to be copied out. */
  readonly finished: readonly Row<RequestState>[];
}

const VARIANT_WARNING = formatWarning(
  'bit_exact_unavailable',
  "on this device a row's last bits can depend on the rows beside it",
);

/**
 * The engine's loop. A tick happens when a thread reports, or when work arrives and a thread is idle: rows
 * take over what the thread did, the thread gets its next rows, and only then is anything done that takes
 * time. The state is in the rows, the policy in the policy behind the dispatcher, the arithmetic in the
 * backend.
 */
export class EngineLoop {
  /** When the last tick was, ms. */
  tickedAt = 0;
  /** Requests that have ended, but whose promises have not settled yet. */
  private readonly ended: RequestState[] = [];
  /** Requests placed since the last wake. */
  private readonly arrived: RequestState[] = [];
  private readonly emptied: Array<() => void> = [];
  private isWakePending = false;

  constructor(private readonly parts: EngineParts) {
    parts.pool.listen({
      reported: (thread, report) => this.onReport(thread, report),
      died: (thread, reason) => this.onDeath(thread, reason),
    });
  }

  /** Fetches the request's model if need be, and queues its rows. */
  async enter(state: RequestState): Promise<void> {
    const { cache } = this.parts.models;
    try {
      const arriving = cache.acquire(state.request.model);
      const model = arriving instanceof Promise ? await arriving : arriving;
      if (state.isFinished) return cache.release(model);
      state.model = model;
      this.place(state, model);
    } catch (error) {
      this.stop([state], endingBy(error));
    }
  }

  /** Lets a solo request in, for which the engine is empty now, once its start is on record. */
  async enterAlone(state: RequestState): Promise<void> {
    try {
      await state.request.solo?.();
      this.parts.dispatcher.enterAlone(state);
      this.wake();
    } catch (error) {
      this.stop([state], endingBy(error));
    }
  }

  /** Resolves when no request is left. */
  whenEmpty(): Promise<void> {
    return new Promise((resolve) => {
      this.emptied.push(resolve);
      this.settle();
    });
  }

  /** Ends requests, now. */
  stop(states: Iterable<RequestState>, ending: Ending): void {
    for (const state of states) this.end(state, ending);
    this.settle();
  }

  /** Ends requests that can no longer be in time: no step is spent on a result that will be late. */
  stopLate(): void {
    this.endLate();
    this.settle();
  }

  /** One pass of the loop for a thread that is idle, or that reports. */
  private tick(thread: EngineThread, report?: RunReport): void {
    this.tickedAt = this.parts.now();
    const outcome = report && this.update(thread, report);
    const work = thread.isIdle && this.parts.dispatcher.next(this.parts.pool.askerFor(thread));
    if (work) this.give(thread, work);
    this.feed(thread);
    this.settle(outcome);
  }

  /** Gives a busy thread something to go on with where work has piled up: else it waits for an answer. */
  private feed(thread: EngineThread): void {
    const { pool, dispatcher } = this.parts;
    const next = thread.canTakeMore && dispatcher.next(pool.askerFor(thread));
    if (next) this.give(thread, next);
  }

  private give(thread: EngineThread, work: Work): void {
    const { admission, reporter } = this.parts;
    // All that wait for a model are there when it is loaded.
    const served = work.kind === 'run' ? work.rows.map(({ owner }) => owner) : admission.inLane(work.lane);
    for (const state of served) reporter.guard(() => state.begin());
    thread.run(work);
  }

  /** Brings rows and requests up to what the thread did; nothing that could wait. */
  private update(thread: EngineThread, report: RunReport): Outcome | undefined {
    const assignment = thread.release();
    if (!assignment) return undefined;
    const { rows, stepsPerCall } = assignment;
    let rowSteps = 0;
    for (const row of rows) rowSteps += row.advance(report.macroSteps, stepsPerCall);
    this.parts.dispatcher.learn(assignment, report.macroSteps, report);
    for (const { index, ...failure } of report.failures)
      this.end(rows[index].owner, { kind: 'failed', error: asError(failure) });
    this.endLate();
    const finished = rows.filter((row) => this.takeBack(row, { suspect: false }));
    return { thread, assignment, report, rowSteps, finished };
  }

  /** @returns whether the row is done and waits to be copied out */
  private takeBack(row: Row<RequestState>, { suspect }: { readonly suspect: boolean }): boolean {
    if (row.owner.isFinished) row.owner.drop(row);
    else if (row.isDone) return true;
    else {
      row.suspect = suspect;
      this.parts.dispatcher.giveBack(row);
    }
    return false;
  }

  /** What may take its time now that the thread is busy again: results, promises, callbacks, observers. */
  private settle(outcome?: Outcome): void {
    if (outcome) this.account(outcome);
    for (const request of this.ended.splice(0)) this.letGo(request);
    for (const thread of this.parts.pool.threads) thread.flush();
    if (this.parts.admission.requests.size === 0) for (const resolve of this.emptied.splice(0)) resolve();
  }

  private account({ thread, assignment, report, rowSteps, finished }: Outcome): void {
    const { reporter, now } = this.parts;
    for (const row of finished) this.complete(row);
    thread.count(report, rowSteps);
    const seconds = report.calls.reduce((sum, call) => sum + call.seconds, 0);
    for (const { owner } of assignment.rows) owner.rowSeconds += seconds;
    for (const state of new Set(assignment.rows.map(({ owner }) => owner)))
      reporter.guard(() => state.reportProgress(now()));
    for (const { index, x0 } of report.previews)
      reporter.guard(() => assignment.rows[index].owner.reportPreview(assignment.rows[index], x0, now()));
    reporter.macroSteps({ thread: thread.id, assignment, report, rowSteps, endedAt: this.tickedAt });
  }

  private complete(row: Row<RequestState>): void {
    const { owner } = row;
    owner.complete(row);
    if (owner.completedRows === owner.request.rows) this.end(owner, { kind: 'completed' });
  }

  private letGo(state: RequestState): void {
    const { admission, models, reporter } = this.parts;
    admission.leave(state);
    if (state.model) models.cache.release(state.model);
    state.settle(state.isPlaced && models.isVariant(state.lane) ? [VARIANT_WARNING] : []);
    reporter.request(state);
  }

  private place(state: RequestState, model: CachedModel): void {
    const { admission, models, dispatcher, pool } = this.parts;
    admission.weigh(state, model);
    const { precision, plan } = state.request;
    state.place(models.laneFor(model, { precision, kind: plan.kind }), pool.arithmetic);
    if (state.completedRows === state.request.rows) return this.stop([state], { kind: 'completed' });
    if (dispatcher.isTooLate(state)) throw new CancelledError('deadline', 'what goes before it takes too long');
    dispatcher.add(state);
    this.arrived.push(state);
    this.wake();
  }

  /** Marks a request as ended; its promise settles with the next `settle`. */
  private end(state: RequestState, ending: Ending): void {
    if (state.isFinished) return;
    if (isHandOver(ending)) state.keepProgress(this.parts.pool);
    if (state.isPlaced) this.parts.dispatcher.remove(state);
    state.end(ending, this.parts.now());
    for (const thread of this.parts.pool.threads) {
      thread.recall(({ rows }) => rows.some(({ owner }) => owner === state));
      thread.forget(state.number);
    }
    this.ended.push(state);
    this.wake();
  }

  private endLate(): void {
    for (const state of this.parts.admission.deadlines)
      if (this.parts.dispatcher.isHopeless(state)) this.end(state, { kind: 'cancelled', reason: 'deadline' });
  }

  /** Idle threads take what can run; once per turn, runs are called back for arrivals that could join. */
  private wake(): void {
    if (this.isWakePending) return;
    this.isWakePending = true;
    queueMicrotask(() => {
      this.isWakePending = false;
      const { pool, dispatcher } = this.parts;
      for (const thread of pool.idle) this.tick(thread);
      for (const thread of pool.threads) this.feed(thread);
      const waiting = this.arrived.splice(0).filter((state) => state.runnableRows > 0);
      if (waiting.length === 0) return;
      for (const thread of pool.threads)
        thread.recall((assignment, index) =>
          waiting.some((state) => dispatcher.isInterrupted(assignment, state, index === 0)),
        );
    });
  }

  private onReport(thread: EngineThread, report: ThreadReport): void {
    switch (report.kind) {
      case 'ran':
        this.tick(thread, report);
        break;
      case 'loaded':
        this.parts.models.onLoaded(report);
        break;
      case 'loadFailed':
        this.onLoadFailed(report.version, report.failure);
        break;
      case 'started':
        this.parts.reporter.report('onThread', { thread: thread.id, event: 'started', reason: undefined });
        break;
      case 'startFailed':
        break;
      default:
        assertNever(report);
    }
    if (this.parts.pool.idle.length > 0) this.wake();
  }

  /** Its rows go on from their last whole state, alone at first; one that falls alone again is to blame. */
  private onDeath(thread: EngineThread, reason: string): void {
    this.parts.reporter.report('onThread', { thread: thread.id, event: 'died', reason });
    for (const [i, { assignment, macroSteps }] of thread.releaseAll().entries()) {
      const { rows, stepsPerCall } = assignment;
      const suspect = i === 0; // the others had not begun
      for (const row of rows) row.advance(macroSteps, stepsPerCall);
      this.parts.dispatcher.learn(assignment, macroSteps);
      if (rows.length === 1 && rows[0].suspect && !rows[0].isDone)
        this.end(rows[0].owner, { kind: 'failed', error: poisonous(rows[0]) });
      for (const done of rows.filter((row) => this.takeBack(row, { suspect }))) this.complete(done);
    }
    this.settle();
    this.wake();
  }

  private onLoadFailed(version: string, failure: Failure): void {
    const error = this.parts.models.onLoadFailed(version, failure);
    const waiting = [...this.parts.admission.requests].filter(
      (state) => state.isPlaced && state.request.model === version,
    );
    this.stop(waiting, { kind: 'failed', error });
  }
}

function poisonous({ index, step }: Row<RequestState>): EngineError {
  const message = `row ${index} ended its engine thread twice, the last time alone, at step ${step}`;
  return new EngineError('poisonous_job', message);
}
