import type { Numbers } from '#ddim';

/**
 * Trajectories and what they were conditioned on, in the user's units: observations [N,obsSize], actions
 * [N,horizon*dim].
 */
export interface TrainingDataset {
  readonly observations: Numbers;
  readonly actions: Numbers;
  /** [N,horizon], 1 = the step is padding: its values mean nothing. Absent: all steps are real. */
  readonly actionIsPad?: Uint8Array | undefined;
  readonly count: number;
}
