import { z } from 'zod';
import { WirePriority } from '../priority.js';

const SizedData = z.object({ rows: z.int(), request: z.object({ priority: WirePriority }) });

/** What counts of a sampling job that waits or runs. */
export interface JobSize {
  readonly rows: number;
  readonly priority: WirePriority;
}

/** The size that a sampling job's data state, undefined for any other data. */
export function jobSize(data: unknown): JobSize | undefined {
  const sized = SizedData.safeParse(data).data;
  return sized && { rows: sized.rows, priority: sized.request.priority };
}
