import { CHUNKING_SCHEDULES, RANGES } from '#ddim';
import { z } from 'zod';
import { number } from '../ranges.js';
import { Tensor } from '../tensor.js';

/** The plan that is being executed, which the next one is pulled towards, and how. */
export const RealTimeChunking = z
  .strictObject({
    previousActions: Tensor.describe('The plan that is being executed, [rows, horizon, dim]'),
    executedSteps: z
      .int()
      .min(0)
      .describe('Steps of it that were executed when the observation was made, below the horizon'),
    delaySteps: z
      .int()
      .min(0)
      .describe('Further steps of it that will be executed until the new plan is there, at most half of the horizon'),
    executionHorizon: z
      .int()
      .min(0)
      .optional()
      .describe(
        'Where the pull ends, from delaySteps to horizon - delaySteps. Default: where the previous plan ends, within that range',
      ),
    schedule: z
      .enum(CHUNKING_SCHEDULES)
      .optional()
      .describe('How the pull falls from delaySteps to executionHorizon. Default: exp'),
    maxWeight: number(RANGES.chunkingMaxWeight)
      .optional()
      .describe('Bound of the pull of one step. Default: the number of steps'),
  })
  .meta({ id: 'RealTimeChunking' });

/** The same as a job uses it: complete, and no further than the previous plan reaches. */
export const UsedChunking = z
  .strictObject({
    delaySteps: z.int().min(0).describe('Actions that are pulled with full weight'),
    executionHorizon: z.int().min(0).describe('Actions that are pulled at all'),
    schedule: z.enum(CHUNKING_SCHEDULES).describe('How the pull falls in between'),
    maxWeight: z.number().gt(0).describe('Bound of the pull of one step'),
  })
  .meta({ id: 'UsedChunking' });
