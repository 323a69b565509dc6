import { z } from 'zod';

const MAX_ENTRIES = 32;

const Entries = z.record(z.string().min(1).max(64), z.union([z.string().max(512), z.number(), z.boolean(), z.null()]));

/**
 * The client's own labels of a job: at most 32 short scalars, kept and given back, never read. Counted before
 * any is looked at.
 */
export const Metadata = z.preprocess(countEntries, Entries).meta({ id: 'Metadata' });
export type Metadata = z.output<typeof Metadata>;

function countEntries(value: unknown, context: z.RefinementCtx): unknown {
  const count = typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
  if (count <= MAX_ENTRIES) return value;
  context.addIssue({ code: 'custom', message: `expected at most ${MAX_ENTRIES} entries, got ${count}` });
  return z.NEVER;
}
