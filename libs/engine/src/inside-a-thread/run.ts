/**
 * One assignment inside its thread, macro-step after macro-step, by halves after a rejection. Knows nothing
 * of queues, and of why these rows.
 */

import { DdimError, DeviceLostError } from '#ddim';
import { Batch, type BatchContext, type BatchRow } from './batch.js';
import { asFailure } from '../protocol/failure.js';
import { FusedSteps } from './fused-steps.js';
import { RawSteps } from './raw-steps.js';
import type { Steps } from './steps.js';
import {
  CONTROL,
  RECALL,
  type CallDuration,
  type RowFailure,
  type RunCommand,
  type RunReport,
} from '../protocol/thread-protocol.js';

/** What a run works on and with. */
interface RunContext extends BatchContext {
  /** [CONTROL_WORDS], shared with the handle. */
  readonly control: Int32Array;
  /** ms of a monotonic clock. */
  readonly now: () => number;
}

/**
 * One assignment inside its thread: macro-step after macro-step, each published in the slab and then counted,
 * until the limit is reached, the thread is recalled, or something fails. A rejected macro-step is repeated
 * by halves from the slab, so that exactly the rows that fail alone are named; the others end it with the
 * bytes they would have had anyway.
 */
export class Run {
  private readonly calls: CallDuration[] = [];
  private readonly failures: RowFailure[] = [];
  private insideMs = 0;

  constructor(
    private readonly context: RunContext,
    private readonly rows: readonly BatchRow[],
    private readonly limits: Pick<RunCommand, 'stepsPerCall' | 'maxMacroSteps' | 'previews'>,
  ) {}

  async toEnd(): Promise<RunReport> {
    const { control } = this.context;
    let started = this.context.now();
    let done = 0;
    let rejected: DdimError | undefined;
    if (this.recall === RECALL.unbegun) return this.report(0);
    const steps = this.open(this.rows, this.limits.previews);
    do {
      rejected = await this.advance(steps);
      if (rejected) await this.repeatByHalves(this.rows);
      done += 1;
      // after a failure some rows have no new state
      if (this.failures.length === 0) Atomics.store(control, CONTROL.done, done);
      started = this.recordCall(steps, started);
    } while (done < this.limits.maxMacroSteps && !rejected && !this.failures.length && this.recall === 0);
    return rejected
      ? { ...this.report(done), rejected: asFailure(rejected) }
      : { ...this.report(done), previews: steps.batch.previews() };
  }

  private report(macroSteps: number): RunReport {
    const { calls, failures } = this;
    return { kind: 'ran', macroSteps, calls, failures, rejected: undefined, previews: [] };
  }

  private open(rows: readonly BatchRow[], previewed: readonly number[] = []): Steps {
    const { now } = this.context;
    const batch = new Batch(rows, this.context, previewed);
    return rows[0].request.plan.kind === 'raw' ? new RawSteps(batch, now) : new FusedSteps(batch, now);
  }

  /** One macro-step of a batch into the slab. @returns why the backend rejected it, if it did */
  private async advance(steps: Steps): Promise<DdimError | undefined> {
    const { model, now } = this.context;
    try {
      await steps.batch.gather();
      const macroStep = steps.prepare(this.limits.stepsPerCall);
      const called = now();
      await model.advance(macroStep);
      this.insideMs += now() - called;
    } catch (error) {
      if (error instanceof DdimError && !(error instanceof DeviceLostError)) return error;
      throw error;
    }
    steps.finish();
    this.failures.push(...steps.batch.scatter(this.limits.stepsPerCall));
    return undefined;
  }

  /** Rows were rejected together: each half again, and its halves, down to rows that fail alone. */
  private async repeatByHalves(rows: readonly BatchRow[]): Promise<void> {
    const middle = Math.ceil(rows.length / 2);
    for (const half of [rows.slice(0, middle), rows.slice(middle)].filter(({ length }) => length > 0)) {
      const error = await this.advance(this.open(half));
      if (error && half.length === 1) this.failures.push({ index: half[0].index, ...asFailure(error) });
      else if (error) await this.repeatByHalves(half);
    }
  }

  /** @returns the time from which the next macro-step is measured */
  private recordCall(steps: Steps, started: number): number {
    const ended = this.context.now();
    this.calls.push({
      seconds: this.insideMs / 1e3,
      outsideSeconds: (ended - started - this.insideMs) / 1e3,
      noiseSeconds: steps.noise.ms / 1e3,
      noisyRows: steps.noise.rows,
      networkRows: steps.batch.networkRows,
    });
    this.insideMs = 0;
    return ended;
  }

  private get recall(): number {
    return Atomics.load(this.context.control, CONTROL.recall);
  }
}
