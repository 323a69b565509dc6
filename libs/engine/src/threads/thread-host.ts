/** Where threads and time come from. Knows nothing of real or virtual ones. */

import type { ThreadCommand, ThreadReport, ThreadStart } from '../protocol/thread-protocol.js';

/** A running thread as its handle sees it. */
export interface ThreadPort {
  post(command: ThreadCommand): void;
}

export interface ThreadEvents {
  report(report: ThreadReport): void;
  /** The thread is gone; `reason` is absent when it ended because it was asked to. */
  exit(reason: string): void;
}

/** Where threads and time come from, so that tests can run the engine in virtual time. */
export interface EngineHost {
  /** ms of a monotonic clock. */
  readonly now: () => number;
  /** Calls back once after some ms; the returned function calls it off. */
  readonly after: (ms: number, call: () => void) => () => void;
  /** CPU time in ms of a thread, by the number that it was given by the operating system. */
  readonly threadCpuMs: (threadId: number) => number;
  readonly spawn: (start: ThreadStart, events: ThreadEvents) => ThreadPort;
}
