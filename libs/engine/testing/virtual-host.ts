import type { DenoiserBackend, MacroStep } from '../src/backend/backend.js';
import { CallClock } from '../src/protocol/call-clock.js';
import type { EngineHost, ThreadEvents, ThreadPort } from '../src/threads/thread-host.js';
import { ThreadLoop } from '../src/inside-a-thread/thread-loop.js';
import { ROW_COLUMNS, type ThreadCommand, type ThreadStart } from '../src/protocol/thread-protocol.js';
import { FakeDenoiser } from './fake-denoiser.js';

/** What a virtual thread may do with a macro-step besides running it. */
export type Fate = 'runs' | 'rejects';

export interface VirtualOptions {
  /** Virtual ms of a macro-step, of a load, and of a message between threads. */
  readonly macroStepMs: (macroStep: MacroStep) => number;
  readonly loadMs?: number;
  readonly messageMs?: number;
  /** Of the backend; default `virtual`. */
  readonly provider?: string;
  readonly fate?: (macroStep: MacroStep, thread: number) => Fate;
  /** Called whenever everything waits for time to pass. */
  readonly onQuiet?: () => void;
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly call: () => void;
}

/**
 * Threads and time of an engine inside one thread, in virtual time: the same ThreadLoop as real threads run,
 * on fake denoisers.
 */
export class VirtualHost implements EngineHost {
  readonly threads: VirtualThread[] = [];
  private time = 0;
  private order = 0;
  private timers: Timer[] = [];

  constructor(readonly options: VirtualOptions) {}

  readonly now = (): number => this.time;

  readonly after = (ms: number, call: () => void): (() => void) => {
    const timer = { at: this.time + ms, order: this.order++, call };
    const place = this.timers.findIndex((other) => other.at > timer.at);
    this.timers.splice(place < 0 ? this.timers.length : place, 0, timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  };

  readonly spawn = (start: ThreadStart, events: ThreadEvents): ThreadPort => {
    const thread = new VirtualThread(this, start, events);
    this.threads.push(thread);
    return thread;
  };

  /** Virtual threads compute all the time. */
  readonly threadCpuMs = (): number => this.time;

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /**
   * Lets time pass, event by event, until the promise has settled. @throws Error when nothing is left that
   * could settle it
   */
  async until<Value>(promise: Promise<Value>): Promise<Value> {
    const state = { isSettled: false };
    const settle = (): void => {
      state.isSettled = true;
    };
    promise.then(settle, settle);
    for (await quiet(); !state.isSettled; await quiet()) {
      this.options.onQuiet?.();
      const next = this.timers.shift();
      if (!next) throw new Error('nothing is left to happen');
      this.time = Math.max(this.time, next.at);
      next.call();
    }
    return promise;
  }
}

/** A thread that takes virtual time; it can be killed in the middle of a macro-step. */
export class VirtualThread implements ThreadPort {
  isDead = false;
  /** Rows of the assignments that it was given and has not reported yet. */
  private held: number[] = [];
  private last: Promise<void>;
  private loop: ThreadLoop | undefined;

  constructor(
    private readonly host: VirtualHost,
    start: ThreadStart,
    private readonly events: ThreadEvents,
  ) {
    this.last = this.start(start);
  }

  get rowsHeld(): number {
    return this.held.reduce((sum, rows) => sum + rows, 0);
  }

  post(command: ThreadCommand): void {
    if (command.kind === 'run') this.held.push(command.rows.length / ROW_COLUMNS);
    this.last = this.execute(Promise.all([this.last, this.passes(this.host.options.messageMs ?? 0)]), command);
  }

  kill(reason: string): void {
    if (this.isDead) return;
    this.isDead = true;
    this.held = [];
    this.events.exit(reason);
  }

  private async execute(before: Promise<unknown>, command: ThreadCommand): Promise<void> {
    await before;
    await this.loop?.execute(command);
    if (command.kind === 'stop') this.kill('asked to stop');
  }

  private async start({ control, clock }: ThreadStart): Promise<void> {
    const backend = this.backend();
    this.loop = new ThreadLoop({
      backend,
      control,
      clock: new CallClock(clock),
      now: this.host.now,
      report: (report) => {
        if (report.kind === 'ran') this.held.shift();
        this.events.report(report);
      },
    });
    await this.passes(1);
    this.events.report({ kind: 'started', info: backend.info, capabilities: backend.capabilities });
  }

  private backend(): DenoiserBackend {
    const { loadMs = 0, provider = 'virtual' } = this.host.options;
    return {
      info: { kind: 'fake', provider, device: 'none', version: '1', rejected: [] },
      capabilities: {
        maxStepsPerCall: 50,
        cheapStepsPerCall: 1,
        maxBatchRows: 256,
        threadsPerDevice: 'cores',
        precisions: ['float32'],
      },
      load: async (model) => {
        await this.passes(loadMs);
        return new FakeDenoiser(model, { around: (macroStep, run) => this.runMacroStep(macroStep, run) });
      },
      close: () => Promise.resolve(),
    };
  }

  private async runMacroStep(macroStep: MacroStep, run: () => void): Promise<void> {
    const { macroStepMs, fate } = this.host.options;
    await this.passes(macroStepMs(macroStep));
    if (fate?.(macroStep, this.host.threads.indexOf(this)) === 'rejects') throw new Error('rejected');
    run();
  }

  /** Never comes back for a dead thread. */
  private async passes(ms: number): Promise<void> {
    await this.host.sleep(ms);
    if (this.isDead) await new Promise(() => {});
  }
}

/** All that can happen without time passing has happened. */
function quiet(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
