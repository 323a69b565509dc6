import { Inject, Injectable } from '@nestjs/common';
import { MAX_ISSUES, SamplingRequest, type BulkSamplingResult } from '#contract';
import { toProblem } from '../http/error-answer.js';
import { parseRequest } from '../http/schema.pipe.js';
import type { SubmissionKey } from '../jobs/submit/job-submission.js';
import { SamplingJobsService } from './sampling-jobs.service.js';

/** Requests that are on their way to Redis together. */
const PIPELINED = 100;

/** Wrong fields that one answer names, over all its refusals; from then on each refusal names one. */
const MAX_ERRORS = 1_000;

/** Submits many jobs at once. */
@Injectable()
export class BulkSampling {
  constructor(@Inject(SamplingJobsService) private readonly jobs: Pick<SamplingJobsService, 'submit'>) {}

  /** One answer per request, in order; a refused request does not stop the others. */
  async submit(requests: readonly unknown[], key: Pick<SubmissionKey, 'key' | 'caller'>): Promise<BulkSamplingResult> {
    const items: BulkSamplingResult['items'] = [];
    const errors = { left: MAX_ERRORS };
    for (let start = 0; start < requests.length; start += PIPELINED) {
      const part = requests.slice(start, start + PIPELINED);
      items.push(
        ...(await Promise.all(part.map((request, i) => this.submitOne(request, { ...key, place: start + i }, errors)))),
      );
    }
    return { items };
  }

  private async submitOne(
    request: unknown,
    key: SubmissionKey,
    errors: { left: number },
  ): Promise<BulkSamplingResult['items'][number]> {
    try {
      const maxErrors = Math.min(Math.max(errors.left, 1), MAX_ISSUES);
      const { job } = await this.jobs.submit(parseRequest(SamplingRequest, request, maxErrors), key);
      return { status: 202, job, problem: null };
    } catch (error) {
      const problem = toProblem(error);
      errors.left -= problem.errors?.length ?? 0;
      return { status: problem.status, job: null, problem: problem.body() };
    }
  }
}
