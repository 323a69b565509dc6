import { Injectable } from '@nestjs/common';
import type { SamplingJob, SamplingRequest } from '#contract';
import { HttpProblem } from '../http/problem.js';
import { JobCanceller } from '../jobs/cancel/job-canceller.js';
import type { SubmissionKey } from '../jobs/submit/job-submission.js';
import { awaitedResult, type AwaitedResult } from '../sampling/awaited-result.js';
import { SamplingJobsService, type Waiting } from '../sampling/sampling-jobs.service.js';

/** A client that waits for longer has long had a time-out of its own. */
const WAIT_MS = 3_600_000;

/** A job that has succeeded. */
export interface Inference extends AwaitedResult {
  readonly job: SamplingJob;
  /** An earlier request with the same Idempotency-Key made it. */
  readonly isReplay: boolean;
}

/** Runs inferences: each is an ordinary sampling job, and its client waits for the end. */
@Injectable()
export class InferenceRunner {
  constructor(
    private readonly jobs: SamplingJobsService,
    private readonly canceller: JobCanceller,
  ) {}

  /**
   * The job's end. Nobody could ever ask for a job without an Idempotency-Key again, so that it is cancelled
   * once its client has gone.
   * @param whenGone calls what it is given when the client goes away
   * @throws HttpProblem `deadline_exceeded`, `job_failed`, `job_cancelled`, `shutting_down`, or whatever
   * submitting the same request throws
   */
  async run(request: SamplingRequest, submission: SubmissionKey, whenGone: Waiting['whenGone']): Promise<Inference> {
    const { deadlineMs } = request;
    const startedAt = performance.now();
    const waiting = { ms: deadlineMs ?? WAIT_MS, tensors: 'base64', whenGone } as const;
    const { job, isReplay } = await this.jobs.submit(request, submission, waiting);
    const result = awaitedResult(job);
    if (result !== undefined) return { ...result, job, isReplay };
    if (submission.key === undefined) await this.canceller.abandon('sampling', job.id, 'cancelled');
    if (deadlineMs !== undefined && performance.now() - startedAt >= deadlineMs)
      throw new HttpProblem('deadline_exceeded', `there were no actions within ${deadlineMs} ms`);
    throw new HttpProblem('shutting_down', 'nobody waits for the job any more; send the request again');
  }
}
