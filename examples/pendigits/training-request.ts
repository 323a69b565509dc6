import type { Schemas } from '#client';

export const MODEL = 'pendigits';
export const DATASET = 'pendigits';
export const NUM_INFERENCE_STEPS = 10;

const STEPS = 6_000;
const QUICK_STEPS = 300;

/**
 * A small policy for a small task: enough to be right, little enough for two CPU cores. Spacing is trailing, because the preset's
 * leading spacing would start at t = 90 of 100, where some of the stroke is still visible.
 */
export function trainingRequest(quick: boolean): Schemas['TrainingRequest'] {
  const steps = quick ? QUICK_STEPS : STEPS;
  return {
    model: MODEL,
    dataset: DATASET,
    preset: 'diffusion-policy',
    network: { hiddenSize: 128, numLayers: 3 },
    diffusion: {
      numTrainTimesteps: 100,
      betaSchedule: 'squaredcos_cap_v2',
      predictionType: 'epsilon',
      timestepSpacing: 'trailing',
      numInferenceSteps: NUM_INFERENCE_STEPS,
    },
    training: {
      steps,
      batchSize: 256,
      learningRate: 1e-3,
      lrSchedule: 'cosine',
      warmupSteps: Math.round(steps / 50),
      logEverySteps: 50,
      checkpointEverySteps: 1_000,
      seed: 0,
    },
  };
}
