import type { NamedTensor } from '#ddim';

/** The whole state of a run between two updates, ready to be stored: tensors, and strings about them. */
export interface TrainingCheckpoint {
  /** Updates done, skipped ones included. */
  readonly update: number;
  readonly configHash: string;
  readonly backend: string;
  readonly provider: string;
  readonly tensors: NamedTensor[];
  readonly metadata: Record<string, string>;
}
