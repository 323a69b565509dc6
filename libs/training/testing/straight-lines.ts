import { fillNormal } from '#ddim';
import type { TrainingDataset } from '../src/training-dataset.js';

/** Straight lines whose slope is the observation. */
export function straightLines(count: number): TrainingDataset {
  const observations = new Float32Array(count * 3);
  fillNormal(observations, { seed: 1, row: 0, purpose: 128 }, 0);
  const actions = new Float32Array(count * 8);
  for (let i = 0; i < actions.length; i++) {
    const step = Math.floor((i % 8) / 2);
    actions[i] = step * observations[Math.floor(i / 8) * 3 + (i % 2)];
  }
  return { observations, actions, count };
}
