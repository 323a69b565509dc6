import { Injectable, Logger } from '@nestjs/common';
import type { JobOutcome } from '#queue';
import { RequestGate } from '../../http/request-gate.js';
import { JobWait } from './job-wait.js';
import type { QueueConnection } from '../../queue/queue-connection.js';
import { QueueShards } from '../../queue/queue-shards.js';

/** Requests look once more when messages may have got lost, if Redis answers them within so long. */
const READY_MS = 2_000;

/**
 * Wakes whoever waits for a sampling job's end. Workers publish every end once it is on record, and how a job
 * succeeded with it; a message that got lost only makes a wait longer, since it also looks by itself.
 */
@Injectable()
export class JobWaiters {
  private readonly logger = new Logger(JobWaiters.name);
  private readonly waits = new Map<string, Set<JobWait<JobOutcome>>>();

  constructor(
    private readonly shards: QueueShards,
    private readonly gate: RequestGate,
  ) {
    for (const shard of shards.all) this.listen(shard);
  }

  /** Begins to listen: before the job exists, so that no hint can come too early. `end` it in any case. */
  begin(jobId: string): JobWait<JobOutcome> {
    const wait = new JobWait<JobOutcome>(() => this.gate.sleep());
    this.waits.set(jobId, (this.waits.get(jobId) ?? new Set()).add(wait));
    return wait;
  }

  end(jobId: string, wait: JobWait<JobOutcome>): void {
    const waits = this.waits.get(jobId);
    waits?.delete(wait);
    if (waits?.size === 0) this.waits.delete(jobId);
  }

  /** Ends every wait at its next look: the process is about to close. */
  abandonAll(): void {
    for (const waits of this.waits.values()) for (const wait of waits) wait.abandon();
  }

  /**
   * Says that a job has probably ended, and how if that is known; also called when a cancel was accepted
   * here.
   */
  wake(jobId: string, outcome?: JobOutcome): void {
    for (const wait of this.waits.get(jobId) ?? []) wait.wake(outcome);
  }

  private listen(shard: QueueConnection): void {
    const listening = shard.ends.subscribe('sampling', {
      onEnd: (jobId, outcome) => {
        if (this.waits.has(jobId)) this.wake(jobId, outcome());
      },
      onSubscribed: () => {
        this.lookAgain(shard).catch((error: unknown) => this.logger.error(error));
      },
    });
    // closed before it was connected
    listening.catch((error: unknown) => this.logger.debug(`not listening: ${String(error)}`));
  }

  private async lookAgain(shard: QueueConnection): Promise<void> {
    if (this.waits.size === 0 || !(await shard.isReadyWithin(READY_MS))) return;
    for (const jobId of this.shards.group([...this.waits.keys()]).get(shard) ?? []) this.wake(jobId);
  }
}
