import { PRIORITIES, type Priority } from '#ddim';
import { z } from 'zod';

const SizedData = z.object({ rows: z.int(), request: z.object({ priority: z.enum(PRIORITIES) }) });

/** What counts of a sampling job that waits or runs. */
export interface JobSize {
  readonly rows: number;
  readonly priority: Priority;
}

/** The size that a sampling job's data state, undefined for any other data. */
export function jobSize(data: unknown): JobSize | undefined {
  const sized = SizedData.safeParse(data).data;
  return sized && { rows: sized.rows, priority: sized.request.priority };
}
