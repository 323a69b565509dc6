import { z } from 'zod';
import { ResourceName } from '../names.js';
import { PolicyInterface } from './policy-interface.js';

/** How robots talk to a model version. */
export const RobotPolicy = z
  .strictObject({
    model: z
      .strictObject({
        name: ResourceName.describe('Name of the model'),
        version: z.int().min(1).describe('Version that a session would get now, and keep'),
      })
      .describe('What the reference means now'),
    observationSize: z.int().min(0).describe('Numbers of one observation'),
    actionHorizon: z.int().min(1).describe('Steps of one plan'),
    actionDim: z.int().min(1).describe('Numbers of one step'),
    numInferenceSteps: z.int().min(1).describe('Denoising steps unless a session asks for others'),
    interface: PolicyInterface.describe('What it takes and gives, by name'),
    sockets: z
      .strictObject({
        openpi: z.string().describe('Path for clients of openpi and RoboArena'),
        vlaEval: z.string().describe('Path for clients of vla-eval'),
      })
      .describe('Where to connect a WebSocket'),
  })
  .meta({ id: 'RobotPolicy' });
export type RobotPolicy = z.output<typeof RobotPolicy>;
