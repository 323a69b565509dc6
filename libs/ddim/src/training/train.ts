import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker as NodeWorker } from 'node:worker_threads';
import { compiledModuleUrl } from '../engine/compiled-module.js';
import { asError, type Failure } from '../engine/failure.js';
import { assertNever, CancelledError, EngineError } from '../errors.js';
import { checkTrainingConfig } from './training-config.js';
import type { TrainingOptions, TrainingResult } from './training-options.js';
import { STOP, type TrainingCommand, type TrainingReport, type TrainingThreadStart } from './training-protocol.js';

/** Codes of failures that are neither the caller's fault nor the backend's. */
const RUN_CODES: ReadonlySet<string> = new Set(['non_finite_loss', 'checkpoint_not_stored']);

/**
 * Trains a model in a thread of its own, which ends with the run, however it ends; it is never terminated in the middle of an update.
 * The same options give the same weights, whether the run was interrupted or not.
 * @throws InputError for a configuration or dataset that cannot work; CancelledError after an abort; EngineError `non_finite_loss` or
 * `training_thread_died`; BackendError; whatever onCheckpoint rejects with
 */
export async function train(options: TrainingOptions): Promise<TrainingResult> {
  const warnings = checkTrainingConfig(options.config);
  if (options.signal?.aborted) throw cancelledBy(options.signal);
  const ended = await new TrainingThread(options).run();
  if (ended.outcome === 'stopped') throw cancelledBy(options.signal);
  return { ...ended.outcome, warnings, info: ended.info };
}

type Ended = Extract<TrainingReport, { kind: 'ended' }>;

/** The handle of one training thread. */
class TrainingThread {
  private readonly control = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private readonly thread: NodeWorker;
  private ended: Ended | undefined;
  private error: Error | undefined;

  constructor(private readonly options: TrainingOptions) {
    const { backendModule, backend, config, dataset, resumeFrom, initFrom } = options;
    const start: TrainingThreadStart = {
      backendModule,
      backend,
      input: { config, dataset, resumeFrom, initFrom },
      control: this.control,
    };
    const program = compiledModuleUrl(new URL(`./training-thread.worker${extname(import.meta.url)}`, import.meta.url));
    this.thread = new NodeWorker(program, { workerData: start });
    this.thread.on('message', (report: TrainingReport) => this.onReport(report));
    this.thread.on('error', (cause) => {
      this.error ??= new EngineError('training_thread_died', `the training thread died: ${cause}`, { cause });
    });
  }

  async run(): Promise<Ended> {
    const { signal } = this.options;
    const stop = () => Atomics.store(this.control, 0, isHandOver(signal) ? STOP.checkpoint : STOP.discard);
    signal?.addEventListener('abort', stop);
    try {
      const [code] = await once(this.thread, 'exit');
      if (this.error) throw this.error;
      if (this.ended) return this.ended;
      throw new EngineError('training_thread_died', `the training thread ended with exit code ${code}`);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  private onReport(report: TrainingReport): void {
    switch (report.kind) {
      case 'metrics':
        return this.options.onMetrics(report.point);
      case 'checkpoint':
        return void this.store(report);
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

  private async store({ checkpoint }: Extract<TrainingReport, { kind: 'checkpoint' }>): Promise<void> {
    try {
      await this.options.onCheckpoint(checkpoint);
      this.answer({ kind: 'stored' });
    } catch (error) {
      this.error ??= error instanceof Error ? error : new EngineError('checkpoint_not_stored', String(error));
      this.answer({ kind: 'notStored' });
    }
  }

  private answer(command: TrainingCommand): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's postMessage, not a window's
    this.thread.postMessage(command);
  }
}

function errorOf(failure: Failure): Error {
  return RUN_CODES.has(failure.code) ? new EngineError(failure.code, failure.message) : asError(failure);
}

function isHandOver(signal: AbortSignal | undefined): boolean {
  return !(signal?.reason instanceof CancelledError && signal.reason.reason === 'cancelled');
}

function cancelledBy(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof CancelledError
    ? reason
    : new CancelledError('cancelled', 'training was stopped', { cause: reason });
}
