import { z } from 'zod';

/** What an API says when it is ready: its addresses. */
export const ApiReady = z.object({
  event: z.literal('ready'),
  role: z.literal('api'),
  url: z.url(),
  management: z.url().optional(),
  policies: z.url().optional(),
});
/** What a worker says when it is ready: where its metrics are. */
export const WorkerReady = z.object({ event: z.literal('ready'), role: z.literal('worker'), metrics: z.url() });
/** Of a line of the log, what concerns a user. */
export const LogLine = z.object({ level: z.string(), message: z.string() });
export type ApiReady = z.output<typeof ApiReady>;
export type WorkerReady = z.output<typeof WorkerReady>;

/** A line of a child's output as what it is expected to be, if it is that. */
export function parseLine<T>(line: string, schema: z.ZodType<T>): T | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // not JSON after all
  }
}
