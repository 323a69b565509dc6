export type LrSchedule = 'cosine' | 'constant' | 'linear';

/** Factor of the learning rate of update n = 0, 1, ... */
export function learningRateFactor(
  update: number,
  options: { readonly steps: number; readonly warmupSteps: number; readonly lrSchedule: LrSchedule },
): number {
  throw new Error(`unfinished: ${update} ${options.lrSchedule}`);
}
