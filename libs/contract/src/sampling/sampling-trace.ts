import { z } from 'zod';
import { Timestamp } from '../names.js';

const ms = z.number();

/**
 * How an attempt of a sampling job went, as its worker leaves it in the job's record. All times are
 * milliseconds since the worker took the job.
 */
export const StoredSamplingTrace = z.object({
  /** Which one, from 1. */
  attempt: z.int(),
  /** When model and inputs were there; absent before. */
  ready: ms.optional(),
  /**
   * Macro-steps, some of them together: when the first began and the last ended, how many they are, the
   * denoising steps of all of them, and as a mean the rows of the job, of all jobs, and these jobs in each.
   */
  macroSteps: z.array(z.tuple([ms, ms, z.int(), z.int(), z.number(), z.number(), z.number()])),
  /** When the result began to be stored, and when it was. */
  store: z.tuple([ms, ms]).optional(),
});
export type StoredSamplingTrace = z.output<typeof StoredSamplingTrace>;

const seconds = z.number().min(0);

const MacroSteps = z
  .strictObject({
    startSeconds: seconds.describe('When the first began, in seconds from the start of the attempt'),
    endSeconds: seconds.describe('When the last ended, likewise'),
    calls: z.int().min(1).describe('How many macro-steps: calls of the backend'),
    steps: z.int().min(1).describe('Denoising steps that they took; a row that ends in one takes fewer'),
    rows: z.number().min(1).describe('Rows of the job in each of them, the mean'),
    batchRows: z.number().min(1).describe('Rows of all jobs in each of them, the mean'),
    batchJobs: z.number().min(1).describe('Jobs that had rows in each of them, the mean'),
  })
  .meta({ id: 'SamplingMacroSteps' });

/** Where the time of a sampling job went. */
export const SamplingTrace = z
  .strictObject({
    attempt: z.int().min(0).describe('Attempts that were started; times are those of the last one'),
    createdAt: Timestamp.describe('When the job was accepted'),
    startedAt: Timestamp.nullable().describe('When the attempt started; null before'),
    finishedAt: Timestamp.nullable().describe('When the job ended; null before'),
    readySeconds: seconds
      .nullable()
      .describe('Seconds from the start of the attempt until model and inputs were there; null when unknown'),
    macroSteps: z
      .array(MacroSteps)
      .describe('Macro-steps that held rows of the job, in order; of a long job several stand together'),
    store: z
      .strictObject({
        startSeconds: seconds.describe('When the result began to be stored, in seconds from the start of the attempt'),
        endSeconds: seconds.describe('When it was stored, likewise'),
      })
      .nullable()
      .describe('How long the result took to store; null before'),
  })
  .meta({ id: 'SamplingTrace' });
export type SamplingTrace = z.output<typeof SamplingTrace>;
