import { z } from 'zod';

/** How long an attempt that has succeeded took, as a stored result has it. */
export const RESULT_TIMINGS = {
  queuedSeconds: z.number().min(0),
  runSeconds: z.number().min(0),
};
