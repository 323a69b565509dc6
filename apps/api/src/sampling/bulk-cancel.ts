import { Injectable } from '@nestjs/common';
import type { BulkSamplingResult } from '#contract';
import type { Caller } from '../access/caller.js';
import { toProblem } from '../http/error-answer.js';
import { JobCanceller } from '../jobs/cancel/job-canceller.js';
import { OwnJobs } from '../jobs/read/own-jobs.js';
import { SamplingJobsService } from './sampling-jobs.service.js';

/** Cancels that are on their way to Redis together. */
const PIPELINED = 100;

/** Cancels many jobs at once. */
@Injectable()
export class BulkCancel {
  constructor(
    private readonly own: OwnJobs,
    private readonly canceller: JobCanceller,
    private readonly jobs: SamplingJobsService,
  ) {}

  /** One answer per job, in order; a job that cannot be cancelled does not stop the others. */
  async cancel(ids: readonly string[], caller: Caller): Promise<BulkSamplingResult> {
    const items: BulkSamplingResult['items'] = [];
    for (let start = 0; start < ids.length; start += PIPELINED)
      items.push(...(await Promise.all(ids.slice(start, start + PIPELINED).map((id) => this.cancelOne(id, caller)))));
    return { items };
  }

  private async cancelOne(id: string, caller: Caller): Promise<BulkSamplingResult['items'][number]> {
    try {
      await this.own.get('sampling', id, caller);
      const job = this.jobs.view(await this.canceller.cancel('sampling', id));
      return { status: 202, job, problem: null };
    } catch (error) {
      const problem = toProblem(error);
      return { status: problem.status, job: null, problem: problem.body() };
    }
  }
}
