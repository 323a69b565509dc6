/** The engine's threads: started, asked, started again after a death. Knows nothing of what rows are. */

import { BackendError, EngineError } from '#ddim';
import { arithmeticOf } from '../models/arithmetic.js';
import type { HeldRow } from '../requests/row-progress.js';
import type { RequestState } from '../requests/request-state.js';
import type { Row } from '../requests/row.js';
import type { OverdueCall } from './call-watch.js';
import type { BackendCapabilities, BackendInfo } from '../backend/backend.js';
import type { EngineOptions } from '../options.js';
import { EngineThread } from './engine-thread.js';
import { usableCores } from './usable-cores.js';
import type { Asker } from '../scheduling/policy.js';
import type { EngineHost } from './thread-host.js';
import type { ThreadReport } from '../protocol/thread-protocol.js';

/** Waits before a dead thread is started again: doubles with each death of the last minute. */
const RESPAWN_MS = { first: 100, most: 5_000 };
/** So many deaths within a minute mean that new threads will not live either. */
const DEATHS_TO_FAIL = 3;
const DEATH_MEMORY_MS = 60_000;

interface ThreadPoolEvents {
  /** A started thread reports; `started` itself included, on a respawn too. */
  readonly reported: (thread: EngineThread, report: ThreadReport) => void;
  readonly died: (thread: EngineThread, reason: string) => void;
}

/** The engine's threads: as many as the backend makes use of, started again when they die. */
export class ThreadPool {
  readonly threads: EngineThread[] = [];
  /** Threads keep dying. */
  onFailure: (error: EngineError) => void = () => {};
  private events: ThreadPoolEvents = { reported() {}, died() {} };
  private deaths: number[] = [];
  private started:
    { readonly info: BackendInfo; readonly capabilities: BackendCapabilities; readonly arithmetic: string } | undefined;
  private isStopping = false;
  private readonly starts = new Map<EngineThread, { resolve(): void; reject(error: Error): void }>();

  private constructor(
    private readonly options: EngineOptions,
    private readonly host: EngineHost,
  ) {}

  /**
   * Starts the first thread to see what the backend is, then the others. @throws BackendError when the
   * backend does not start
   */
  static async start(options: EngineOptions, host: EngineHost): Promise<ThreadPool> {
    const pool = new ThreadPool(options, host);
    try {
      await pool.startThread();
      const onDevices = pool.capabilities.threadsPerDevice === 1;
      const count = onDevices ? Math.max(1, options.devices?.length ?? 1) : (options.threads ?? usableCores());
      await Promise.all(Array.from({ length: count - 1 }, () => pool.startThread()));
      return pool;
    } catch (error) {
      await pool.stop();
      throw error;
    }
  }

  get info(): BackendInfo {
    return this.known.info;
  }

  /** What it computes with; another engine of which this differs may compute other bytes. */
  get arithmetic(): string {
    return this.known.arithmetic;
  }

  get capabilities(): BackendCapabilities {
    return this.known.capabilities;
  }

  /** Whether a thread runs rows or loads a model. */
  get isWorking(): boolean {
    return this.threads.some(({ status }) => status === 'busy' || status === 'loading');
  }

  get idle(): EngineThread[] {
    return this.threads.filter((thread) => thread.isIdle);
  }

  /** Where a thread is with a row that it holds. */
  holding(row: Row<RequestState>): HeldRow | undefined {
    for (const thread of this.threads) {
      const held = thread.holding(row);
      if (held) return held;
    }
    return undefined;
  }

  /** This thread as one that asks for work. */
  askerFor(thread: EngineThread): Asker {
    const firstLoads = new Set(this.threads.flatMap(({ loading }) => loading ?? []));
    for (const { models } of this.threads) for (const model of models) firstLoads.delete(model);
    const { models, isIdle } = thread;
    return { models, isBusy: !isIdle, idleThreads: Math.max(1, this.idle.length), firstLoads };
  }

  /** Who hears of it from now on. */
  listen(events: ThreadPoolEvents): void {
    this.events = events;
  }

  /** A thread that does not come back from a native call, if there is one. */
  findHang(): { readonly thread: EngineThread; readonly call: OverdueCall } | undefined {
    for (const thread of this.threads) {
      const call = thread.overdueCall();
      if (call) return { thread, call };
    }
    return undefined;
  }

  /** Ends every thread after its current command. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.threads.map((thread) => thread.stop()));
  }

  private get known(): NonNullable<ThreadPool['started']> {
    if (!this.started) throw new TypeError('no thread has started yet');
    return this.started;
  }

  private startThread(): Promise<void> {
    const { backendModule, devices = [] } = this.options;
    return new Promise((resolve, reject) => {
      const id = this.threads.length;
      const backend = { ...this.options.backend, ...(id < devices.length && { device: devices[id] }) };
      const thread = new EngineThread(
        id,
        { host: this.host, backendModule, backend },
        {
          reported: (_, report) => this.onReport(thread, report),
          died: (_, reason) => this.onDeath(thread, reason),
        },
      );
      this.threads.push(thread);
      this.starts.set(thread, { resolve, reject });
    });
  }

  private onReport(thread: EngineThread, report: ThreadReport): void {
    if (report.kind === 'started') {
      const { info, capabilities } = report;
      // once: to name a CPU reads files
      this.started ??= { info, capabilities, arithmetic: arithmeticOf(info).join(' ') };
      this.starts.get(thread)?.resolve();
      this.starts.delete(thread);
    }
    if (report.kind === 'startFailed') {
      this.starts.get(thread)?.reject(new BackendError(report.failure.message));
      this.starts.delete(thread);
    }
    this.events.reported(thread, report);
  }

  private onDeath(thread: EngineThread, reason: string): void {
    const starting = this.starts.get(thread);
    if (starting) {
      this.starts.delete(thread);
      return starting.reject(new BackendError(`an engine thread died while it started: ${reason}`));
    }
    const now = this.host.now();
    this.deaths = [...this.deaths.filter((at) => at > now - DEATH_MEMORY_MS), now];
    this.events.died(thread, reason);
    if (this.isStopping) return;
    if (this.deaths.length >= DEATHS_TO_FAIL)
      return this.onFailure(
        new EngineError(
          'engine_failed',
          `${this.deaths.length} engine threads died within a minute, the last one: ${reason}`,
        ),
      );
    const wait = Math.min(RESPAWN_MS.first * 2 ** (this.deaths.length - 1), RESPAWN_MS.most);
    this.host.after(wait, () => {
      if (!this.isStopping) thread.spawn();
    });
  }
}
