import { extname } from 'node:path';
import { Worker as NodeWorker } from 'node:worker_threads';
import {
  newClockWords,
  CallWatch,
  describeOverdue,
  compiledModuleUrl,
  asError,
  type Failure,
  threadCpuMs,
} from '#engine';
import { assertNever, CancelledError, EngineError } from '#ddim';
import { shareTrainingInput } from './shared-input.js';
import type { TrainingCheckpoint } from './training-checkpoint.js';
import type { TrainingInput, TrainingOptions, TrainingResult } from './training-options.js';
import { STOP, type TrainingCommand, type TrainingReport, type TrainingThreadStart } from './training-protocol.js';

/**
 * Trains a model in a thread of its own, which ends with the run, however it ends; it is never terminated in
 * the middle of an update. The same options give the same weights, whether the run was interrupted or not.
 * @param options with a configuration that checkTrainingConfig has found good
 * @throws InputError for a dataset that cannot work; CancelledError after an abort;
 * EngineError `non_finite_loss` or `training_thread_died` or `training_hung`, after which only the end of the
 * process ends the thread; BackendError; whatever onCheckpoint rejects with, or onMetrics or onSamples throw
 */
export async function train(options: TrainingOptions): Promise<TrainingResult> {
  const { config, dataset, resumeFrom, initFrom, signal } = options;
  const input = await shareTrainingInput({ config, dataset, resumeFrom, initFrom });
  if (signal?.aborted) throw cancelledBy(signal);
  const ended = await new TrainingThread(options, input).run();
  if (ended.outcome === 'stopped') throw cancelledBy(signal);
  return { ...ended.outcome, info: ended.info };
}

/** How often a run looks at its thread. */
const WATCH_MS = 250;

type Ended = Extract<TrainingReport, { kind: 'ended' }>;

/** The handle of one training thread. */
class TrainingThread {
  private readonly control = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private readonly thread: NodeWorker;
  private readonly watch: CallWatch;
  private ended: Ended | undefined;
  private error: Error | undefined;

  constructor(
    private readonly options: TrainingOptions,
    input: TrainingInput,
  ) {
    const { backendModule, backend } = options;
    const words = newClockWords();
    this.watch = new CallWatch({ words, now: () => performance.now(), threadCpuMs });
    const start: TrainingThreadStart = { backendModule, backend, input, control: this.control, clock: words };
    const program = compiledModuleUrl(new URL(`./training-thread.worker${extname(import.meta.url)}`, import.meta.url));
    this.thread = new NodeWorker(program, { workerData: start });
    this.thread.on('message', (report: TrainingReport) => this.onReport(report));
    this.thread.on('error', (cause) => {
      this.error ??= new EngineError('training_thread_died', `the training thread died: ${cause}`, { cause });
    });
  }

  async run(): Promise<Ended> {
    const { signal } = this.options;
    const stop = () => this.request(isHandOver(signal) ? STOP.checkpoint : STOP.discard);
    signal?.addEventListener('abort', stop);
    const looks = new AbortController();
    try {
      const exit = new Promise<number>((resolve) => this.thread.once('exit', resolve));
      const code = await Promise.race([exit, this.hangs(looks.signal)]);
      if (this.error) throw this.error;
      if (this.ended) return this.ended;
      throw new EngineError('training_thread_died', `the training thread ended with exit code ${code}`);
    } finally {
      signal?.removeEventListener('abort', stop);
      looks.abort();
    }
  }

  /** Rejects when the thread does not come back from a native call. */
  private hangs(done: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      const timer = setInterval(() => {
        const call = this.watch.look();
        if (call)
          reject(new EngineError('training_hung', `the training thread ${describeOverdue(call)} in a native call`));
      }, WATCH_MS);
      done.addEventListener('abort', () => clearInterval(timer));
    });
  }

  private onReport(report: TrainingReport): void {
    switch (report.kind) {
      case 'metrics':
        return this.calling(() => this.options.onMetrics(report.point));
      case 'samples':
        return this.calling(() => this.options.onSamples?.(report.drawn));
      case 'checkpoint':
        return void this.store(report.checkpoint);
      case 'ended':
        this.ended = report;
        return;
      case 'failed':
        this.error ??= errorOf(report.failure);
        return;
      default:
        return assertNever(report);
    }
  }

  private calling(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.failWith(error);
    }
  }

  private async store(checkpoint: TrainingCheckpoint): Promise<void> {
    try {
      await this.options.onCheckpoint(checkpoint);
      this.answer({ kind: 'stored' });
    } catch (error) {
      this.failWith(error);
      this.answer({ kind: 'notStored' });
    }
  }

  /** A callback of the caller failed: its error is how the run ends. */
  private failWith(error: unknown): void {
    this.error ??= error instanceof Error ? error : new EngineError('callback_failed', String(error));
    this.request(STOP.discard);
  }

  private request(stop: (typeof STOP)[keyof typeof STOP]): void {
    Atomics.store(this.control, 0, stop);
  }

  private answer(command: TrainingCommand): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's, not a window's
    this.thread.postMessage(command);
  }
}

function errorOf(failure: Failure): Error {
  return failure.code === 'non_finite_loss' ? new EngineError(failure.code, failure.message) : asError(failure);
}

function isHandOver(signal: AbortSignal | undefined): boolean {
  return !(signal?.reason instanceof CancelledError && signal.reason.reason === 'cancelled');
}

function cancelledBy(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof CancelledError
    ? reason
    : new CancelledError('shutdown', 'training was stopped', { cause: reason });
}
