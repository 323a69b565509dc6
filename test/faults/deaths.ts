import type { SeenJob } from './run-record.js';

/** What happened to those jobs whose attempt ended with the death of its worker. */
export interface Deaths {
  readonly numKilled: number;
  /** Jobs that were begun more than once, as their events say. */
  readonly startedAgain: number;
  /** Milliseconds from a worker's death to the next start of each job that had begun there, ascending. */
  readonly waits: readonly number[];
}

export function deathsOf(jobs: Iterable<SeenJob>, killedAt: ReadonlyMap<number, number>): Deaths {
  const waits: number[] = [];
  let startedAgain = 0;
  for (const { attempts } of jobs) {
    if (attempts.length > 1) startedAgain++;
    for (const [i, { worker }] of attempts.entries()) {
      const diedAt = killedAt.get(Number(worker.split('-').at(-2)));
      const next = attempts[i + 1];
      if (diedAt !== undefined && next !== undefined) waits.push(next.startedAt - diedAt);
    }
  }
  return { numKilled: killedAt.size, startedAgain, waits: waits.toSorted((a, b) => a - b) };
}
