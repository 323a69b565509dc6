/** What is done about the seam between two plans. */
export const METHODS = ['nothing', 'warm start', 'first actions fixed', 'real-time chunking'] as const;
export type Method = (typeof METHODS)[number];

/** Plans of one episode, and the place in the newest of them. */
export interface Planner {
  /** The plan [16,2]. @param delay actions of the one before that will be executed until it is there */
  infer(observation: readonly number[], delay: number): Promise<Float32Array>;
  /** The next action [2] of the newest plan; undefined when it is used up. */
  nextAction(): Float32Array | undefined;
  close(): void;
}
