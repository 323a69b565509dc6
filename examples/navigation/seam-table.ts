import { summarize } from '#load';
import type { Episode } from './episode.js';
import type { Method } from './planner.js';

/** What became of the episodes of one method with one delay. */
export interface SeamRow {
  readonly method: Method;
  readonly delay: number;
  /** Of 0 to 1. */
  readonly success: number;
  readonly left: number;
  readonly right: number;
  /** Metres per action. */
  readonly jumpMean: number;
  readonly jumpP99: number;
}

/** @throws RangeError when no episode has had two plans */
export function seamRow(method: Method, delay: number, episodes: readonly Episode[]): SeamRow {
  const jumps = summarize(episodes.flatMap((episode) => episode.jumps));
  const count = (test: (episode: Episode) => boolean) => episodes.filter(test).length;
  return {
    method,
    delay,
    success: count(({ end }) => end === 'arrived') / episodes.length,
    left: count(({ side }) => side === 'left'),
    right: count(({ side }) => side === 'right'),
    jumpMean: jumps.mean,
    jumpP99: jumps.p99,
  };
}

export const SEAM_HEADER = 'delay  method               success   left/right   seam mean       p99';

/** Jumps in millimetres per action. */
export function formatSeamRow({ method, delay, success, left, right, jumpMean, jumpP99 }: SeamRow): string {
  const percent = `${(100 * success).toFixed(1)} %`.padStart(7);
  const [mean, p99] = [jumpMean, jumpP99].map((jump) => `${(1_000 * jump).toFixed(1)} mm`.padStart(8));
  return `${String(delay).padEnd(5)}  ${method.padEnd(19)}  ${percent}   ${`${left}/${right}`.padEnd(10)}   ${mean}  ${p99}`;
}
