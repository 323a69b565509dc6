import type { Numbers } from '../normalizer.js';

/** Trajectories and what they were conditioned on, in the user's units: observations [N,obsSize], actions [N,horizon*dim]. */
export interface TrainingDataset {
  readonly observations: Numbers;
  readonly actions: Numbers;
  readonly count: number;
}
