import type { SamplingJob } from '#contract';
import { HttpProblem } from '../http/problem.js';

/** The actions [rows, horizon, dim] of a job: little-endian float32 in base64. */
export interface AwaitedResult {
  readonly shape: readonly number[];
  readonly data: string;
}

/**
 * What a job came to whose end was waited for, with its tensors in base64; undefined: it has not ended.
 * @throws HttpProblem `deadline_exceeded`, `job_failed`, `job_cancelled`
 */
export function awaitedResult({ status, result, error }: SamplingJob): AwaitedResult | undefined {
  if (status === 'succeeded' && typeof result?.data === 'string') return { shape: result.shape, data: result.data };
  if (status === 'failed' && error?.code === 'deadline_exceeded')
    throw new HttpProblem('deadline_exceeded', error.message);
  if (status === 'failed') throw new HttpProblem('job_failed', `${error?.code}: ${error?.message}`);
  if (status === 'cancelled') throw new HttpProblem('job_cancelled', `${error?.message}`);
  return undefined;
}
