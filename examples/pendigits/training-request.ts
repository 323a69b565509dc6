import type { Schemas } from '#client';

export const MODEL = 'pendigits';
export const GALLERY_MODEL = 'pendigits-gallery';
export const DATASET = 'pendigits';
export const NUM_INFERENCE_STEPS = 10;

const STEPS = 6_000;
const QUICK_STEPS = 300;
const GALLERY_STEPS = 4_000;

/**
 * A small policy for a small task: enough to be right, little enough for two CPU cores. Spacing is trailing,
 * because the preset's leading spacing would start at t = 90 of 100, where some of the stroke is still
 * visible. ε is derived again from the clipped x0, which `npm run bench:quality` finds closer to people's
 * strokes.
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
      useClippedModelOutput: true,
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

/**
 * The model of the gallery differs from the demonstration's in two things: condition dropout makes it
 * guidable, and the paper's own schedule, whose last level keeps a little signal, makes it invertible without
 * clipping.
 */
export function galleryTrainingRequest(): Schemas['TrainingRequest'] {
  const { diffusion, training, ...request } = trainingRequest(false);
  const steps = GALLERY_STEPS;
  return {
    ...request,
    model: GALLERY_MODEL,
    diffusion: { ...diffusion, numTrainTimesteps: 1_000, betaSchedule: 'linear' },
    training: { ...training, steps, warmupSteps: steps / 50, conditionDropout: 0.1 },
  };
}
