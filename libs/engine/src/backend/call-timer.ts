/**
 * What each native call on a model may cost, learnt from those before. Knows nothing of what happens to one
 * that takes longer.
 */

import type { CallClock } from '../protocol/call-clock.js';

/**
 * A call may cost so many times what one like it has cost, and at least so much: the smallest are measured
 * badly.
 */
const ALLOWED = { times: 20, leastMs: 5_000 };
/** Before anything was measured: as long as the trial of an imported file may take … */
const FIRST_ALLOWED_MS = 60_000;
/**
 * … and what the model's bytes may cost: in the first call, and in a later one that makes another session of
 * them.
 */
const BYTES_PER_MS = { first: 4_000, later: 16_000 };

/** To ask the system for a thread's CPU time takes 20 µs: a load has measured enough. */
const MEASURED_CALLS = 100;

/** Times the native calls on one model: what each may cost comes from what those before it did cost. */
export class CallTimer {
  private msPerRow: number | undefined;
  private measured = 0;

  /** @param modelBytes of the weights */
  constructor(
    private readonly clock: CallClock,
    private readonly modelBytes: number,
  ) {}

  /**
   * @param rows of the network, times steps: what the cost is proportional to; 0 for a call that is cheaper
   * than any row
   */
  async time<Result>(rows: number, call: () => Promise<Result>): Promise<Result> {
    const isMeasured = rows > 0 && this.measured < MEASURED_CALLS;
    const before = isMeasured ? this.clock.cpuMs() : 0;
    const result = await this.clock.time(this.allowanceMs(rows), call);
    if (isMeasured) this.learn(rows, this.clock.cpuMs() - before);
    return result;
  }

  /** So much CPU time did a call take; the dearest one counts. */
  learn(rows: number, ms: number): void {
    this.measured += 1;
    this.msPerRow = Math.max(this.msPerRow ?? 0, ms / rows);
  }

  private allowanceMs(rows: number): number {
    const { modelBytes, msPerRow } = this;
    if (msPerRow === undefined) return FIRST_ALLOWED_MS + modelBytes / BYTES_PER_MS.first;
    return Math.max(ALLOWED.leastMs, ALLOWED.times * msPerRow * rows) + modelBytes / BYTES_PER_MS.later;
  }
}
