import { Injectable } from '@nestjs/common';
import type { StoredJob } from '#queue';
import { HttpProblem } from '../http/problem.js';
import { JobReader } from '../jobs/read/job-reader.js';
import { noSuchJob } from '../jobs/read/own-jobs.js';
import { QueueShards } from '../queue/queue-shards.js';

/** Pauses trainings and lets them go on, on behalf of clients. */
@Injectable()
export class TrainingPauses {
  constructor(
    private readonly shards: QueueShards,
    private readonly reader: JobReader,
  ) {}

  /**
   * Changes nothing about a job that is paused, or is not. @returns the job as it is afterwards
   * @throws HttpProblem `not_found`, or `job_finished` also after an accepted cancel; QueueUnavailableError
   */
  async request(change: 'pause' | 'resume', jobId: string): Promise<StoredJob> {
    const shard = this.shards.of(jobId);
    if (shard === undefined) throw noSuchJob(jobId);
    shard.requireReady();
    const outcome = await shard.pauses[change]('training', jobId);
    if (outcome === 'unknown') throw noSuchJob(jobId);
    if (outcome === 'finished') throw new HttpProblem('job_finished', `job ${jobId} has already ended`);
    if (outcome === 'cancelled')
      throw new HttpProblem('job_finished', `the cancel of job ${jobId} was accepted before`);
    await shard.settled();
    const job = await this.reader.read('training', jobId);
    if (job === undefined) throw noSuchJob(jobId);
    return job;
  }
}
