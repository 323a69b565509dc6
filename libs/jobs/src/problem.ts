import { z } from 'zod';

/** RFC 9457 problem details, with a stable `code`. */
export const Problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof Problem>;

/** Something that works but is probably not meant. */
export const Warning = z.strictObject({ code: z.string(), message: z.string() }).meta({ id: 'Warning' });
export type Warning = z.output<typeof Warning>;
