import { CHUNKING_SCHEDULES, PRIORITIES, RANGES, SAMPLING_LIMITS } from '#ddim';
import { z } from 'zod';
import { integer, number } from '../ranges.js';

/** What a session's observations have in common: in the query of its address, or in the first observation. */
export const SessionSettings = z.strictObject({
  steps: integer(RANGES.numInferenceSteps).optional().describe("Denoising steps. Default: the model's"),
  eta: number(RANGES.eta).optional().describe("Noise that each step adds. Default: the model's"),
  samples: z.int().min(1).max(SAMPLING_LIMITS.rows).optional().describe('Plans per observation. Default: 1'),
  priority: z.enum(PRIORITIES).optional().describe('Class of its jobs. Default: interactive'),
  seed: integer(RANGES.seed).optional().describe('Seed of the session. Default: drawn'),
  deadline_ms: integer(RANGES.deadlineMs).optional().describe('Milliseconds until a plan is too late. Default: none'),
  fps: z.number().gt(0).max(1_000).optional().describe("Steps per second. Default: the version's"),
  chunk_size: z.int().min(1).optional().describe('Steps of a plan that vla-eval gets one by one. Default: all'),
});
export type SessionSettings = z.output<typeof SessionSettings>;

/** What one observation says of the plan that is being executed; see RealTimeChunking. */
export const ExecutionState = z.strictObject({
  chunk: z.int().min(0).optional().describe('Number of the plan that is being executed. Default: the newest'),
  executed_steps: z.int().min(0).optional().describe('Steps of it that were executed; absent: no plan is under way'),
  delay_steps: z.int().min(0).optional().describe('Steps until the next plan is there. Default: as long as it took'),
  execution_horizon: z.int().min(0).optional().describe('Where the pull towards it ends'),
  schedule: z.enum(CHUNKING_SCHEDULES).optional().describe('How the pull falls'),
  max_weight: number(RANGES.chunkingMaxWeight).optional().describe('Bound of the pull of one step'),
  observed_at: z.number().min(0).optional().describe("When it was observed, in seconds of the client's own clock"),
});
export type ExecutionState = z.output<typeof ExecutionState>;
