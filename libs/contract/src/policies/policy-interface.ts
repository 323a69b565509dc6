import { z } from 'zod';
import { list } from '../list.js';

const MAX_NAMES = 4_096;
const Name = z.string().min(1).max(128);

/** The action spaces that RoboArena knows. */
const ACTION_SPACES = ['joint_position', 'joint_velocity', 'cartesian_position', 'cartesian_velocity'] as const;

/** What a model version takes and gives as a policy, for clients of the policy socket. */
export const PolicyInterface = z
  .strictObject({
    observationKeys: list(Name, { min: 1, max: MAX_NAMES })
      .optional()
      .describe('Keys of the observation whose numbers, in this order, are what the model takes. Default: one array'),
    unknownKeys: z
      .enum(['refuse', 'ignore'])
      .default('refuse')
      .describe('What becomes of an observation with other keys, such as images'),
    actionNames: list(Name, { min: 1, max: MAX_NAMES }).optional().describe('What each number of a step is'),
    actionUnits: list(Name, { min: 1, max: MAX_NAMES }).optional().describe('The unit of each number of a step'),
    fps: z.number().gt(0).max(1_000).optional().describe('Steps per second'),
    actionSpace: z
      .enum(ACTION_SPACES)
      .optional()
      .describe('Greets clients with the settings of a RoboArena server, and this action space, alone'),
  })
  .meta({
    id: 'PolicyInterface',
    examples: [
      {
        observationKeys: ['observation/joint_position', 'observation/gripper_position'],
        unknownKeys: 'refuse',
        fps: 20,
      },
    ],
  });
export type PolicyInterface = z.output<typeof PolicyInterface>;
