import { z } from 'zod';

const WarnedData = z.object({ warnings: z.array(z.unknown()) });

/** The warnings that a job's data state. */
export function jobWarnings(data: unknown): readonly unknown[] {
  return WarnedData.safeParse(data).data?.warnings ?? [];
}
