import { Injectable } from '@nestjs/common';
import { JobCancellation, JobEnds, type StoredJob } from '#queue';
import type { CancelReason, JobKind } from '#contract';
import { HttpProblem } from '../../http/problem.js';
import { noSuchJob } from '../read/own-jobs.js';
import { JobReader } from '../read/job-reader.js';
import { JobWaiters } from '../wait/job-waiters.js';
import { QueueConnection } from '../../queue/queue-connection.js';
import { statusOf } from '../read/job-view.js';

/** Cancels jobs on behalf of clients. */
@Injectable()
export class JobCanceller {
  constructor(
    private readonly cancellation: JobCancellation,
    private readonly ends: JobEnds,
    private readonly reader: JobReader,
    private readonly waiters: JobWaiters,
    private readonly connection: QueueConnection,
  ) {}

  /**
   * Requests a cancel; a repeat changes nothing. A queued job is cancelled at once, so its followers hear of
   * it at once.
   * @throws HttpProblem `not_found`, `job_finished`; QueueUnavailableError
   */
  async cancel(kind: JobKind, jobId: string, reason: CancelReason = 'cancelled'): Promise<StoredJob> {
    this.connection.requireReady();
    const outcome = await this.cancellation.request(kind, jobId, reason);
    if (outcome === 'unknown') throw noSuchJob(jobId);
    if (outcome === 'finished') throw new HttpProblem('job_finished', `job ${jobId} has already ended`);
    if (reason === 'cancelled') await this.connection.settled(); // nobody was promised the other
    const job = await this.reader.read(kind, jobId);
    if (job === undefined) throw noSuchJob(jobId);
    if (statusOf(job) === 'cancelled') await this.ends.publishCancelled(kind, jobId, outcome.reason);
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
