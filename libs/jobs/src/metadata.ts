import { z } from 'zod';

const MAX_ENTRIES = 32;

/** The client's own labels of a job: at most 32 short scalars, kept and given back, never read. */
export const Metadata = z
  .record(z.string().min(1).max(64), z.union([z.string().max(512), z.number(), z.boolean(), z.null()]))
  .refine((metadata) => Object.keys(metadata).length <= MAX_ENTRIES, `expected at most ${MAX_ENTRIES} entries`)
  .meta({ id: 'Metadata' });
export type Metadata = z.output<typeof Metadata>;
