/** Counts the CPU time that a thread spends on something. Knows nothing of what that is. */

import { ownThreadId, threadCpuMs } from '../protocol/thread-cpu.js';

/** CPU time that this thread may spend on something. */
export class CpuBudget {
  private readonly threadId = ownThreadId() ?? 0;
  private readonly startedAt = threadCpuMs(this.threadId);

  constructor(private readonly ms: number) {}

  get isSpent(): boolean {
    return threadCpuMs(this.threadId) - this.startedAt > this.ms;
  }
}
