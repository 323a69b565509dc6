import type { z } from 'zod';
import { HttpProblem } from '../../http/problem.js';

/**
 * Thrown when what Redis holds of a job is damaged or of a newer release: to clients there is no such job,
 * and a list leaves it out.
 */
export class UnreadableJob extends HttpProblem {
  constructor(jobId: string, cause: unknown) {
    super('not_found', `job ${jobId} cannot be read: its record is damaged, or of a newer release`, { cause });
  }
}

/** A part of a job's record. @throws UnreadableJob */
export function readPart<Schema extends z.ZodType>(schema: Schema, part: unknown, jobId: string): z.output<Schema> {
  const parsed = schema.safeParse(part);
  if (parsed.success) return parsed.data;
  throw new UnreadableJob(jobId, parsed.error);
}
