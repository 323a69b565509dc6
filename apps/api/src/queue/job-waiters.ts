import { Injectable } from '@nestjs/common';
import { JobWait } from './job-wait.js';
import { QueueConnection } from './queue-connection.js';

/**
 * Wakes whoever waits for a job's end. BullMQ's event stream, read once per process, is only a hint that it is time to look:
 * it is trimmed, and a reader that reconnects misses some.
 */
@Injectable()
export class JobWaiters {
  private readonly waits = new Map<string, Set<JobWait>>();

  constructor({ samplingEvents }: QueueConnection) {
    samplingEvents.on('completed', ({ jobId }) => this.wake(jobId));
    samplingEvents.on('failed', ({ jobId }) => this.wake(jobId));
  }

  /** Begins to listen: before the job exists, so that no hint can come too early. `end` it in any case. */
  begin(jobId: string): JobWait {
    const wait = new JobWait();
    this.waits.set(jobId, (this.waits.get(jobId) ?? new Set()).add(wait));
    return wait;
  }

  end(jobId: string, wait: JobWait): void {
    const waits = this.waits.get(jobId);
    waits?.delete(wait);
    if (waits?.size === 0) this.waits.delete(jobId);
  }

  /** Ends every wait at its next look: the process is about to close. */
  abandonAll(): void {
    for (const waits of this.waits.values()) for (const wait of waits) wait.abandon();
  }

  /** Says that a job has probably ended; also called when a cancel was accepted here. */
  wake(jobId: string): void {
    for (const wait of this.waits.get(jobId) ?? []) wait.wake();
  }
}
