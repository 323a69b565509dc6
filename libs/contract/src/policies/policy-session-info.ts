import { z } from 'zod';
import { Timestamp } from '../names.js';

const count = z.int().min(0);

/** A connection of a robot to the policy socket, and what it has come to. */
export const PolicySessionInfo = z
  .strictObject({
    id: z.string().describe('Id of the session'),
    api: z.string().describe('Process of the API that holds the connection'),
    owner: z.string().describe('Whose key has opened it; without keys: default'),
    model: z.string().describe('Model version that it began with'),
    protocol: z.enum(['openpi', 'vla-eval']).describe('What it speaks'),
    startedAt: Timestamp.describe('When it was opened'),
    steps: z.int().min(1).describe('Denoising steps of a plan'),
    fps: z.number().gt(0).nullable().describe('Actions per second; null: nobody said'),
    observations: count.describe('Observations that have come'),
    planned: count.describe('Observations that became a plan'),
    superseded: count.describe('Observations whose place a newer one has taken'),
    late: count.describe('Observations whose deadline has passed before there was a plan'),
    refused: count.describe('Observations and other frames that were dropped with an error'),
    overruns: count.describe('Plans that took longer than the actions for which they had been made'),
    observationsPerSecond: z.number().min(0).describe('Observations per second, over the last ten'),
    plansPerSecond: z.number().min(0).describe('Plans per second, over the last ten'),
    planSeconds: z
      .strictObject({
        p50: z.number().describe('Median'),
        p95: z.number().describe('95th percentile'),
        max: z.number().describe('Slowest'),
      })
      .nullable()
      .describe('From an observation to its plan, over the last 128; null: there was none'),
    delaySteps: count.nullable().describe('Actions until the newest plan was there, as it was made for; null: no plan'),
    delayActions: z
      .number()
      .min(0)
      .nullable()
      .describe('Actions that passed until the newest plan was there; null: no plan, or unknown fps'),
    seamJump: z
      .strictObject({
        last: z.number().min(0).describe('Of the newest plan'),
        mean: z.number().min(0).describe('Mean of all'),
        max: z.number().min(0).describe('Largest'),
        count: count.describe('Plans that continued another'),
      })
      .nullable()
      .describe(
        'Distance between the action where a plan takes over and what the one before had there, in units of the data; null: none continued another',
      ),
  })
  .meta({ id: 'PolicySessionInfo' });
export type PolicySessionInfo = z.output<typeof PolicySessionInfo>;

export const PolicySessionList = z
  .strictObject({ items: z.array(PolicySessionInfo).describe('Sessions that are open, oldest first') })
  .meta({ id: 'PolicySessionList' });

/** The sessions of one process of the API, as its heartbeat shows them to the others. */
export const ProcessSessions = z.strictObject({ id: z.string(), sessions: z.array(PolicySessionInfo) });
export type ProcessSessions = z.output<typeof ProcessSessions>;
