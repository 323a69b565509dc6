import type { RunRecord } from './run-record.js';

/** What happened to those jobs whose attempt ended with the death of its worker. */
export interface Deaths {
  readonly numKilled: number;
  /** Jobs that were begun more than once, as their events say. */
  readonly startedAgain: number;
  /** Jobs that workers took more than once, also those that had not begun when their worker died. */
  readonly takenAgain: number;
  /** Milliseconds from a worker's death to the next start of each job that had begun there, ascending. */
  readonly waits: readonly number[];
}

export function deathsOf({ jobs, struck }: Pick<RunRecord, 'jobs' | 'struck'>): Deaths {
  const kills = struck.filter(({ fault }) => fault === 'kill a worker');
  const diedAt = new Map(kills.map(({ hit, fromMs }) => [hit, fromMs]));
  const waits: number[] = [];
  let startedAgain = 0;
  let takenAgain = 0;
  for (const { attempts, lastEnd } of jobs.values()) {
    if (attempts.length > 1) startedAgain++;
    if ((lastEnd?.attempts ?? 0) > 1) takenAgain++;
    for (const [i, { pid }] of attempts.entries()) {
      const [died, next] = [diedAt.get(pid), attempts[i + 1]];
      if (died !== undefined && next !== undefined) waits.push(next.startedAt - died);
    }
  }
  const numKilled = kills.filter(({ hit }) => hit !== 'none').length;
  return { numKilled, startedAgain, takenAgain, waits: waits.toSorted((a, b) => a - b) };
}
