/** Finds a native call that does not end. Knows nothing of threads' work and of what is done about it. */

import { CLOCK } from '../protocol/call-clock.js';

/** A native call that has used up its allowance. */
export interface OverdueCall {
  readonly allowanceMs: number;
  /** CPU time of the thread since the call was first seen. */
  readonly cpuMs: number;
  /** Time in which this process was awake since then. */
  readonly awakeMs: number;
  /** Whether it computes without end; else it waits for something, which need not be its own fault. */
  readonly isComputing: boolean;
}

/**
 * A call that computes nothing may wait for so many times what it may compute: for a device, or on a busy
 * machine for a core.
 */
const WAIT_TIMES = 10;
/** The time between two looks counts up to this: longer, and this process did not run either. */
const MOST_BETWEEN_LOOKS_MS = 1_000;

interface CallWatchOptions {
  /** Of the thread's CallClock. */
  readonly words: Int32Array;
  readonly now: () => number;
  readonly threadCpuMs: (threadId: number) => number;
}

/**
 * The call that was seen last: with its first look come no costs, most calls have ended before the next one.
 */
interface SeenCall {
  readonly serial: number;
  readonly cpuMsBefore?: number;
  readonly awakeMs: number;
  readonly lookedAt: number;
}

/**
 * Looks at a thread from time to time and finds a native call that does not end. What counts is the CPU time
 * that the thread has used, so that neither a busy machine nor one that stood still makes a call overdue.
 */
export class CallWatch {
  private seen: SeenCall | undefined;

  constructor(private readonly options: CallWatchOptions) {}

  look(): OverdueCall | undefined {
    const { words, now, threadCpuMs } = this.options;
    const serial = Atomics.load(words, CLOCK.serial);
    const allowanceMs = Atomics.load(words, CLOCK.allowanceMs);
    const lookedAt = now();
    const { seen } = this;
    if (allowanceMs === 0 || seen?.serial !== serial) {
      this.seen = { serial, awakeMs: 0, lookedAt };
      return undefined;
    }
    const cpu = threadCpuMs(Atomics.load(words, CLOCK.threadId));
    const { cpuMsBefore = cpu } = seen;
    const awakeMs = seen.awakeMs + Math.min(lookedAt - seen.lookedAt, MOST_BETWEEN_LOOKS_MS);
    this.seen = { serial, cpuMsBefore, awakeMs, lookedAt };
    const cpuMs = cpu - cpuMsBefore;
    const isComputing = cpuMs > allowanceMs;
    if (!isComputing && awakeMs <= WAIT_TIMES * allowanceMs) return undefined;
    return { allowanceMs, cpuMs, awakeMs, isComputing };
  }
}

/** In words that go on from the name of the thread. */
export function describeOverdue({ cpuMs, awakeMs, allowanceMs, isComputing }: OverdueCall): string {
  const spent = isComputing ? `has computed for ${seconds(cpuMs)}` : `has waited for ${seconds(awakeMs)}`;
  return `${spent} where at most ${seconds(allowanceMs)} were expected`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1e3)} s`;
}
