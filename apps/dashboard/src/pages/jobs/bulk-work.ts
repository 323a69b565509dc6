import { found } from '#client';
import { repeat } from '../../data/again.js';
import { service } from '../../data/service.js';
import { isPassing, shownError } from '../../data/shown-error.js';
import { fewAtATime } from './few-at-a-time.js';

/** Jobs of one request. */
const MOST_TOGETHER = 1_000;

/** Takes what came of one job: why it was left out, or undefined where the work was done. */
export type Report = (id: string, refusal: string | undefined) => void;

/**
 * Does something to many jobs and reports of each, until the last or the signal: then it ends what it has
 * begun. Where the API does not answer it ends likewise, and rejects with the reason.
 */
export type BulkWork = (ids: readonly string[], report: Report, stopped: AbortSignal) => Promise<void>;

/** Cancels those of the jobs that have not ended. */
export const cancelAll: BulkWork = async (ids, report, stopped) => {
  for (let start = 0; start < ids.length && !stopped.aborted; start += MOST_TOGETHER) {
    const body = { ids: ids.slice(start, start + MOST_TOGETHER) };
    const { items } = found(await service.POST('/v1/sampling-jobs/cancel', { body }));
    for (const [i, id] of body.ids.entries()) report(id, items[i]?.problem?.detail);
  }
};

/** Submits what the jobs were asked for once more, a few at a time. */
export const sendAllAgain: BulkWork = (ids, report, stopped) =>
  fewAtATime(ids, stopped, async (id) => {
    try {
      await repeat(id);
      report(id, undefined);
    } catch (error) {
      if (isPassing(error)) throw error;
      report(id, shownError(error).message);
    }
  });
