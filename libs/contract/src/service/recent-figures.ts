import { z } from 'zod';

/** What one engine thread does. */
const EngineThread = z.strictObject({
  thread: z.int().min(0).describe('Number of the thread, from 0'),
  status: z.enum(['starting', 'idle', 'loading', 'busy', 'dead', 'stopped']).describe('What it does'),
  occupancyRatio: z.number().min(0).max(1).describe('Share of the last seconds that it spent inside the backend'),
});

/** Duration of steps by quantile. */
export const StepSeconds = z.strictObject({
  p50: z.number().describe('Median'),
  p95: z.number().describe('95th percentile'),
  p99: z.number().describe('99th percentile'),
});

/** What a worker's engine did in the last seconds. */
export const RecentFigures = z
  .strictObject({
    seconds: z.number().min(0).describe('How long these last seconds are'),
    rowStepsPerSecond: z.number().min(0).describe('Denoising steps of single rows per second'),
    samplesPerSecond: z.number().min(0).describe('Rows that ended per second'),
    rowsPerStep: z.number().min(0).nullable().describe('Mean rows of a batched step; null while nothing ran'),
    stepSeconds: StepSeconds.nullable().describe('Seconds of one batched step; null while nothing ran'),
    threads: z.array(EngineThread).describe('The engine threads by number'),
  })
  .meta({ id: 'RecentFigures' });
export type RecentFigures = z.output<typeof RecentFigures>;
