import { z } from 'zod';
import { parseJobId } from '../jobs/job-id.js';
import { SamplingJob } from '../jobs/job.js';
import { list } from '../list.js';
import { Problem } from '../problem.js';

const MOST_JOBS = 1_000;

/** Body of `POST /v1/sampling-jobs/batch`; every request is validated on its own. */
export const BulkSamplingRequest = z
  .strictObject({
    requests: list(z.unknown(), { min: 1, max: MOST_JOBS }).describe(
      'Sampling requests, each accepted or refused on its own',
    ),
  })
  .meta({
    id: 'BulkSamplingRequest',
    examples: [{ requests: [{ model: 'robot', observations: [[0.1, -0.4, 0.7]], priority: 'bulk' }] }],
  });

const SamplingJobId = z
  .string()
  .refine((id) => parseJobId(id) === 'sampling', 'expected the id of a sampling job: smp_ and a ULID');

/** Body of `POST /v1/sampling-jobs/cancel`; every job is cancelled or not on its own. */
export const BulkCancelRequest = z
  .strictObject({
    ids: list(SamplingJobId, { min: 1, max: MOST_JOBS }).describe('Jobs to cancel'),
  })
  .meta({ id: 'BulkCancelRequest', examples: [{ ids: ['smp_01M86RV6E0FWPYCET8VYTYZGHV'] }] });
export type BulkCancelRequest = z.output<typeof BulkCancelRequest>;

/** The answer to many requests in one body. */
export const BulkSamplingResult = z
  .strictObject({
    items: z
      .array(
        z.strictObject({
          status: z.int().describe('HTTP status that the request alone would have had'),
          job: SamplingJob.nullable().describe('The job; null: the request was refused'),
          problem: Problem.omit({ requestId: true }).nullable().describe('Why it was refused; null: it was accepted'),
        }),
      )
      .describe('One answer per request, in order'),
  })
  .meta({ id: 'BulkSamplingResult' });
export type BulkSamplingResult = z.output<typeof BulkSamplingResult>;
