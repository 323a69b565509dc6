import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Problem, SamplingJob, SamplingRequest } from '#jobs';
import { toProblem } from '../http/error.filter.js';
import { parseRequest } from '../http/schema.pipe.js';
import type { SubmissionKey } from '../jobs/job-submission.js';
import { SamplingJobsService } from './sampling-jobs.service.js';

/** Requests that are on their way to Redis together. */
const PIPELINED = 100;

export const BulkSamplingResult = z
  .strictObject({
    items: z.array(
      z.strictObject({
        status: z.int(),
        job: SamplingJob.nullable(),
        problem: Problem.omit({ requestId: true }).nullable(),
      }),
    ),
  })
  .meta({ id: 'BulkSamplingResult' });
export type BulkSamplingResult = z.output<typeof BulkSamplingResult>;

/** Submits many jobs at once. */
@Injectable()
export class BulkSampling {
  constructor(private readonly jobs: SamplingJobsService) {}

  /** One answer per request, in order; a refused request does not stop the others. */
  async submit(requests: readonly unknown[], key: string | undefined): Promise<BulkSamplingResult> {
    const items: BulkSamplingResult['items'] = [];
    for (let start = 0; start < requests.length; start += PIPELINED) {
      const part = requests.slice(start, start + PIPELINED);
      items.push(...(await Promise.all(part.map((request, i) => this.submitOne(request, { key, place: start + i })))));
    }
    return { items };
  }

  private async submitOne(request: unknown, key: SubmissionKey): Promise<BulkSamplingResult['items'][number]> {
    try {
      const { job } = await this.jobs.submit(parseRequest(SamplingRequest, request), key);
      return { status: 202, job, problem: null };
    } catch (error) {
      const problem = toProblem(error);
      return { status: problem.status, job: null, problem: problem.body() };
    }
  }
}
