import type { Schemas } from '#client';

export const MODEL = 'navigation';
const STEPS = 6_000;

/**
 * A small policy for a small task. It predicts the plan itself: after as many updates, a network of this size
 * that predicts noise leaves so much of it that plans lie between both ways, and hit the obstacle.
 */
export function trainingRequest(steps = STEPS): Schemas['TrainingRequest'] {
  return {
    model: MODEL,
    dataset: MODEL,
    preset: 'diffusion-policy',
    network: { hiddenSize: 128, numLayers: 3 },
    diffusion: {
      numTrainTimesteps: 100,
      betaSchedule: 'squaredcos_cap_v2',
      predictionType: 'sample',
      timestepSpacing: 'trailing',
      numInferenceSteps: 10,
    },
    training: { steps, batchSize: 256, learningRate: 1e-3, lrSchedule: 'cosine', warmupSteps: 60, seed: 0 },
  };
}
