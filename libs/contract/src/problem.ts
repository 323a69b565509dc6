import { z } from 'zod';

/** RFC 9457 problem details, with a stable `code`. */
export const Problem = z
  .strictObject({
    type: z.string().describe('URN of the code'),
    title: z.string().describe('The code in words'),
    status: z.int().min(400).max(599).describe('HTTP status'),
    detail: z.string().describe('What is wrong, for people'),
    code: z.string().describe('What is wrong, for programs: stable'),
    requestId: z.string().describe('Id of the request, also in the log of the service'),
    errors: z
      .array(
        z.strictObject({
          path: z.string().describe('Dotted path of the field, with positions as numbers'),
          message: z.string().describe('What is allowed there, and what came'),
        }),
      )
      .optional()
      .describe('Each field at fault'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof Problem>;

/** Something that works but is probably not meant; its code may be another release's. */
export const StatedWarning = z
  .strictObject({
    code: z.string().describe('What may not be meant, for programs: stable'),
    message: z.string().describe('The same for people'),
  })
  .meta({ id: 'Warning' });
