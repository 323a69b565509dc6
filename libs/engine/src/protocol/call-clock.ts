/**
 * Says in shared memory that a thread is in a native call, and what that may cost. Knows nothing of who
 * looks.
 */

import { ownThreadId, threadCpuMs } from './thread-cpu.js';

/** Words of a call clock; all 0 while the thread is in no call. */
export const CLOCK = {
  /** Changes with every begin and end of a call. */
  serial: 0,
  /** What the call it is in may cost; 0: it is in none. */
  allowanceMs: 1,
  /** The operating system's number of the thread; 0 where there is none. */
  threadId: 2,
} as const;

const CLOCK_WORDS = 3;
const MAX_ALLOWANCE_MS = 2 ** 31 - 1;

/** Memory of a call clock, shared between a thread and whoever watches it: [CLOCK_WORDS]. */
export function newClockWords(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(CLOCK_WORDS * Int32Array.BYTES_PER_ELEMENT));
}

/**
 * Shows other threads that this one is in a native call, and what the call may cost. Nobody can interrupt
 * such a call, so somebody else has to see that it does not end.
 */
export class CallClock {
  /** @param words shared with a CallWatch; default: nobody watches */
  constructor(private readonly words: Int32Array = newClockWords()) {
    Atomics.store(words, CLOCK.threadId, ownThreadId() ?? 0);
  }

  /**
   * Makes the call. A call inside another one has its own allowance; the outer one's begins anew when it
   * ends.
   */
  async time<Result>(allowanceMs: number, call: () => Promise<Result>): Promise<Result> {
    const outer = Atomics.load(this.words, CLOCK.allowanceMs);
    this.set(Math.min(Math.ceil(allowanceMs), MAX_ALLOWANCE_MS));
    try {
      return await call();
    } finally {
      this.set(outer);
    }
  }

  /** CPU time in ms that this thread has used. */
  cpuMs(): number {
    return threadCpuMs(Atomics.load(this.words, CLOCK.threadId));
  }

  private set(allowanceMs: number): void {
    Atomics.store(this.words, CLOCK.allowanceMs, allowanceMs);
    Atomics.add(this.words, CLOCK.serial, 1);
  }
}
