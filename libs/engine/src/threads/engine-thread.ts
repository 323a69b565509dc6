/**
 * The handle of one engine thread on the main thread: its state, what it holds, what it knows. Knows
 * nothing of what the thread does inside.
 */

import { Announcements } from './announcements.js';
import type { Assignment, Work } from '../scheduling/assignment.js';
import type { BackendOptions } from '../backend/backend.js';
import { newClockWords } from '../protocol/call-clock.js';
import { CallWatch, type OverdueCall } from './call-watch.js';
import type { Lane } from '../models/lane.js';
import type { RequestState } from '../requests/request-state.js';
import type { Row } from '../requests/row.js';
import type { HeldRow } from '../requests/row-progress.js';
import { slabKey } from '../memory/row-slab.js';
import type { ThreadStats, ThreadStatus } from '../report/stats.js';
import type { EngineHost, ThreadPort } from './thread-host.js';
import {
  CONTROL,
  CONTROL_WORDS,
  controlOf,
  FRESH,
  MOST_RUNS,
  RECALL,
  ROW_COLUMNS,
  type RunReport,
  type ThreadReport,
} from '../protocol/thread-protocol.js';

/** What an engine thread reports to the engine. */
interface EngineThreadEvents {
  readonly reported: (thread: EngineThread, report: ThreadReport) => void;
  readonly died: (thread: EngineThread, reason: string) => void;
}

interface EngineThreadOptions {
  readonly host: EngineHost;
  readonly backendModule: string;
  readonly backend: BackendOptions;
}

/** An assignment in the hands of a thread, with its control words. */
interface HeldAssignment {
  readonly assignment: Assignment;
  readonly control: Int32Array;
}

/**
 * The handle of an engine thread. Its life, through `become`:
 *
 *   starting  creates its backend; ends with the report `started`, or with its death
 *   idle      waits for work
 *   loading   loads a model; ends with its report
 *   busy      runs an assignment, and may have a second one to go on with; ends with the report of the last
 *   dead      ended without being asked; `spawn` starts it again
 *   stopped   ended as asked, after its last command
 *
 * Only `unload` and `forget` may be posted to any thread that lives.
 */
export class EngineThread {
  status: ThreadStatus = 'starting';
  /** Lane whose model it is loading. */
  private loadingLane: Lane | undefined;
  /** Model keys that it has loaded. */
  readonly models = new Set<string>();
  deaths = 0;
  private readonly totals = { busySeconds: 0, outsideSeconds: 0, macroSteps: 0, rowSteps: 0 };
  private readonly chunksSent = new Map<string, number>();
  private announcements = new Announcements();
  private control = newControl();
  /** The one that it runs first. */
  private readonly held: HeldAssignment[] = [];
  private assignments = 0;
  private watch: CallWatch | undefined;
  private port: ThreadPort;
  private isStopping = false;
  private stopped: Promise<void>;
  private resolveStopped: () => void = () => {};

  constructor(
    readonly id: number,
    private readonly options: EngineThreadOptions,
    private readonly events: EngineThreadEvents,
  ) {
    this.stopped = new Promise((resolve) => {
      this.resolveStopped = resolve;
    });
    this.port = this.open();
  }

  get isIdle(): boolean {
    return this.status === 'idle';
  }

  /** Whether it is busy and may be given something to go on with. */
  get canTakeMore(): boolean {
    return this.status === 'busy' && this.held.length < MOST_RUNS;
  }

  /** What it runs now. */
  get assignment(): Assignment | undefined {
    return this.held[0]?.assignment;
  }

  /** Model key that it is loading. */
  get loading(): string | undefined {
    return this.loadingLane?.modelKey;
  }

  /** Lane that it works for. */
  get lane(): Lane | undefined {
    return this.loadingLane ?? this.assignment?.lane;
  }

  /** Whether it works for the request: on its rows, or to load what they need. */
  worksFor(state: RequestState): boolean {
    if (this.loadingLane) return state.isPlaced && state.lane.modelKey === this.loadingLane.modelKey;
    return this.assignment?.rows.some(({ owner }) => owner === state) ?? false;
  }

  /** Where it is with a row; undefined for one that it does not hold. */
  holding(row: Row<RequestState>): HeldRow | undefined {
    const held = this.held.find(({ assignment }) => assignment.rows.includes(row));
    return held && { stepsPerCall: held.assignment.stepsPerCall, macroSteps: () => macroStepsDone(held) };
  }

  get isAlive(): boolean {
    return this.status !== 'dead' && this.status !== 'stopped';
  }

  /** The native call that it does not come back from; nothing can stop that. */
  overdueCall(): OverdueCall | undefined {
    return this.isAlive ? this.watch?.look() : undefined;
  }

  /** It hangs: it counts as dead, and is not waited for. */
  giveUp(): void {
    this.become('dead');
  }

  /** A dead thread begins anew, knowing nothing. */
  spawn(): void {
    this.models.clear();
    this.chunksSent.clear();
    this.announcements = new Announcements();
    this.control = newControl();
    this.become('starting');
    this.port = this.open();
  }

  unload(model: string): void {
    if (this.models.delete(model) && this.isAlive) this.port.post({ kind: 'unload', model });
  }

  run(work: Work): void {
    if (work.kind === 'run') return this.runRows(work);
    const { modelKey, model, precision } = work.lane;
    this.become('loading');
    this.loadingLane = work.lane;
    const { source, verdicts } = model;
    this.port.post({ kind: 'load', model: modelKey, source, precision, verdict: verdicts.get(precision) });
  }

  /**
   * Asks for a report after the macro-step it is in, and not to begin what it was to go on with.
   * @param isRecalled of its assignments, of which the one that it runs is at 0; default all
   */
  recall(isRecalled: (assignment: Assignment, index: number) => boolean = () => true): void {
    for (const [index, { assignment, control }] of this.held.entries())
      if (isRecalled(assignment, index))
        Atomics.store(control, CONTROL.recall, index === 0 ? RECALL.soon : RECALL.unbegun);
  }

  /** The request has ended; a busy thread hears of it with its next rows, others with the next `flush`. */
  forget(request: number): void {
    this.announcements.forget(request);
  }

  flush(): void {
    if (this.announcements.hasForgotten && this.isAlive && this.status !== 'busy')
      this.port.post({ kind: 'forget', forgotten: this.announcements.takeForgotten() });
  }

  /** Takes the assignment back that the thread has reported. */
  release(): Assignment | undefined {
    return this.held.shift()?.assignment;
  }

  /**
   * Takes everything back from a thread that has died, each with the macro-steps of it that are complete in
   * the slab.
   */
  releaseAll(): Array<{ readonly assignment: Assignment; readonly macroSteps: number }> {
    return this.held.splice(0).map((held) => ({ assignment: held.assignment, macroSteps: macroStepsDone(held) }));
  }

  count({ calls, macroSteps }: RunReport, rowSteps: number): void {
    for (const { seconds, outsideSeconds } of calls) {
      this.totals.busySeconds += seconds;
      this.totals.outsideSeconds += outsideSeconds;
    }
    this.totals.macroSteps += macroSteps;
    this.totals.rowSteps += rowSteps;
  }

  /** Ends the thread after its current command; native code cannot be interrupted, so this waits. */
  async stop(): Promise<void> {
    this.isStopping = true;
    if (!this.isAlive) return;
    this.recall();
    this.port.post({ kind: 'stop' });
    await this.stopped;
  }

  stats(): ThreadStats {
    return { thread: this.id, status: this.status, ...this.totals, deaths: this.deaths };
  }

  private runRows(assignment: Assignment): void {
    this.become('busy');
    const place = this.assignments++ % MOST_RUNS;
    const control = controlOf(this.control, place);
    Atomics.store(control, CONTROL.done, 0);
    Atomics.store(control, CONTROL.recall, 0);
    this.held.push({ assignment, control });
    const { lane, rows, stepsPerCall, maxMacroSteps } = assignment;
    const now = this.options.host.now();
    this.port.post({
      kind: 'run',
      place,
      model: lane.modelKey,
      slab: lane.slab.shape,
      newChunks: this.newChunks(assignment),
      news: this.announcements.newsFor(rows.map(({ owner }) => owner.forThreads)),
      rows: rowTable(rows),
      stepsPerCall,
      maxMacroSteps,
      previews: [...rows.keys()].filter((b) => rows[b].stepsToPreview(now) !== undefined),
    });
  }

  private open(): ThreadPort {
    const { host, backendModule, backend } = this.options;
    const words = newClockWords();
    this.watch = new CallWatch({ words, now: host.now, threadCpuMs: host.threadCpuMs });
    const start = { backendModule, backend, control: this.control, clock: words };
    return host.spawn(start, { report: (report) => this.onReport(report), exit: (reason) => this.onExit(reason) });
  }

  private onReport(report: ThreadReport): void {
    if (report.kind === 'loaded') this.models.add(report.model);
    const goesOn = report.kind === 'ran' && this.held.length > 1;
    if (report.kind !== 'startFailed' && !goesOn) this.become('idle');
    this.events.reported(this, report);
  }

  private onExit(reason: string): void {
    const expected = this.isStopping;
    this.become(expected ? 'stopped' : 'dead');
    if (expected) this.resolveStopped();
    else {
      this.deaths += 1;
      this.events.died(this, reason);
    }
  }

  private become(status: ThreadStatus): void {
    if (this.status === 'stopped') throw new TypeError(`thread ${this.id} has stopped and cannot be ${status}`);
    this.status = status;
    if (status !== 'loading') this.loadingLane = undefined;
  }

  private newChunks({ lane }: Assignment): SharedArrayBuffer[] {
    const key = slabKey(lane.slab.shape);
    const sent = this.chunksSent.get(key) ?? 0;
    this.chunksSent.set(key, lane.slab.buffers.length);
    return lane.slab.buffers.slice(sent);
  }
}

function newControl(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(MOST_RUNS * CONTROL_WORDS * Int32Array.BYTES_PER_ELEMENT));
}

function macroStepsDone({ control }: HeldAssignment): number {
  return Atomics.load(control, CONTROL.done);
}

function rowTable(rows: Assignment['rows']): Int32Array {
  const table = new Int32Array(rows.length * ROW_COLUMNS);
  for (const [b, row] of rows.entries())
    table.set([row.slot, row.owner.number, row.index, row.step, row.fresh ? FRESH : row.half], b * ROW_COLUMNS);
  return table;
}
