import { z } from 'zod';
import { SamplingJob } from '../jobs/job.js';
import { Problem } from '../problem.js';

/** The answer to many sampling requests in one body. */
export const BulkSamplingResult = z
  .strictObject({
    items: z
      .array(
        z.strictObject({
          status: z.int().describe('HTTP status that the request alone would have had'),
          job: SamplingJob.nullable().describe('The accepted job; null: it was refused'),
          problem: Problem.omit({ requestId: true }).nullable().describe('Why it was refused; null: it was accepted'),
        }),
      )
      .describe('One answer per request, in order'),
  })
  .meta({ id: 'BulkSamplingResult' });
export type BulkSamplingResult = z.output<typeof BulkSamplingResult>;
