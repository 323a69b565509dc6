import { assertNever } from '../errors.js';
import type { LrSchedule } from '../vocabulary.js';

/**
 * Factor of the learning rate of update n = 0, 1, ...: (n+1)/W while warming up over W = warmupSteps updates,
 * so that no update has rate 0; then from 1 down to 0 at M = steps by half a cosine or a line, or constantly
 * 1.
 */
export function learningRateFactor(
  update: number,
  options: { readonly steps: number; readonly warmupSteps: number; readonly lrSchedule: LrSchedule },
): number {
  const { steps: M, warmupSteps: W, lrSchedule } = options;
  if (update < W) return (update + 1) / W;
  const done = Math.min((update - W) / Math.max(M - W, 1), 1);
  switch (lrSchedule) {
    case 'cosine':
      return 0.5 * (1 + Math.cos(Math.PI * done));
    case 'linear':
      return 1 - done;
    case 'constant':
      return 1;
    default:
      return assertNever(lrSchedule);
  }
}
