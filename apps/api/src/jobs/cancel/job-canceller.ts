import { Injectable } from '@nestjs/common';
import type { StoredJob } from '#queue';
import type { CancelReason, JobKind } from '#contract';
import { HttpProblem } from '../../http/problem.js';
import { noSuchJob } from '../read/own-jobs.js';
import { JobReader } from '../read/job-reader.js';
import { JobWaiters } from '../wait/job-waiters.js';
import { QueueShards } from '../../queue/queue-shards.js';
import { statusOf } from '../read/job-view.js';

/** Cancels jobs on behalf of clients. */
@Injectable()
export class JobCanceller {
  constructor(
    private readonly shards: QueueShards,
    private readonly reader: JobReader,
    private readonly waiters: JobWaiters,
  ) {}

  /**
   * Requests a cancel; a repeat changes nothing. A queued job is cancelled at once, so its followers hear of
   * it at once.
   * @throws HttpProblem `not_found`, `job_finished`; QueueUnavailableError
   */
  async cancel(kind: JobKind, jobId: string, reason: CancelReason = 'cancelled'): Promise<StoredJob> {
    const shard = this.shards.of(jobId);
    if (shard === undefined) throw noSuchJob(jobId);
    shard.requireReady();
    const outcome = await shard.cancellation.request(kind, jobId, reason);
    if (outcome === 'unknown') throw noSuchJob(jobId);
    if (outcome === 'finished') throw new HttpProblem('job_finished', `job ${jobId} has already ended`);
    if (reason === 'cancelled') await shard.settled(); // nobody was promised the other
    const job = await this.reader.read(kind, jobId);
    if (job === undefined) throw noSuchJob(jobId);
    if (statusOf(job) === 'cancelled') await shard.ends.publishCancelled(kind, jobId, outcome.reason);
    this.waiters.wake(jobId);
    return job;
  }

  /** A job that nobody waits for any more; one that has ended in the meantime needs nothing. */
  async abandon(kind: JobKind, jobId: string, reason: CancelReason): Promise<void> {
    try {
      await this.cancel(kind, jobId, reason);
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
    }
  }
}
