/** Trajectories and what they were conditioned on, in the user's units: observations [N,obsSize], actions [N,horizon*dim]. */
export interface TrainingDataset {
  readonly observations: Float32Array;
  readonly actions: Float32Array;
  readonly count: number;
}
