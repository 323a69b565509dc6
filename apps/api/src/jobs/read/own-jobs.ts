import { Injectable } from '@nestjs/common';
import { jobOwner, type JobKind } from '#contract';
import type { StoredJob } from '#queue';
import { maySee, type Caller } from '../../access/caller.js';
import { HttpProblem } from '../../http/problem.js';
import { JobReader } from './job-reader.js';

/** Reads jobs for those whose they are. */
@Injectable()
export class OwnJobs {
  constructor(private readonly reader: JobReader) {}

  /** @throws HttpProblem `not_found`, also for a foreign one; QueueUnavailableError */
  async get(kind: JobKind, id: string, caller: Caller): Promise<StoredJob> {
    const job = await this.reader.read(kind, id);
    if (job === undefined || !maySee(caller, jobOwner(job.data))) throw noSuchJob(id);
    return job;
  }
}

export function noSuchJob(jobId: string): HttpProblem {
  return new HttpProblem('not_found', `there is no job ${jobId}`);
}
