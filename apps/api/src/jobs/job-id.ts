import { z } from 'zod';
import { parseJobId, type JobKind } from '#contract';

/** The path parameter of one job of a kind; checked before anything is looked up. */
export const jobIdOf = (kind: JobKind) =>
  z
    .string()
    .refine((id) => parseJobId(id) === kind, `expected the id of a ${kind} job`)
    .describe(`Id of a ${kind} job`);
