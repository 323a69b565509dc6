import { found } from '#client';
import { requestOf, sendAgain } from '../../data/again.js';
import { service } from '../../data/service.js';

/** Jobs of one request. */
const MOST_TOGETHER = 1_000;
/** Requests that are on their way at once. */
const AT_ONCE = 6;

/** What came of something that was done to many jobs. */
export interface BulkOutcome {
  readonly done: number;
  /** Why others were left out, each reason with how many. */
  readonly refused: ReadonlyMap<string, number>;
}

/** Cancels those of the jobs that have not ended. @throws StrideError */
export async function cancelAll(ids: readonly string[]): Promise<BulkOutcome> {
  const reasons: (string | undefined)[] = [];
  for (let start = 0; start < ids.length; start += MOST_TOGETHER) {
    const body = { ids: ids.slice(start, start + MOST_TOGETHER) };
    const { items } = found(await service.POST('/v1/sampling-jobs/cancel', { body }));
    reasons.push(...items.map(({ problem }) => (problem === null ? undefined : wordsOf(problem.code))));
  }
  return outcome(reasons);
}

/** Submits what the jobs were asked for once more, each on its own. */
export async function sendAllAgain(ids: readonly string[]): Promise<BulkOutcome> {
  const reasons: (string | undefined)[] = [];
  for (let start = 0; start < ids.length; start += AT_ONCE)
    reasons.push(...(await Promise.all(ids.slice(start, start + AT_ONCE).map(again))));
  return outcome(reasons);
}

/** @returns why it was not sent */
async function again(id: string): Promise<string | undefined> {
  try {
    const { request, missing } = await requestOf(id);
    if (missing.length > 0) return `the numbers of ${missing.join(', ')} are no longer kept`;
    await sendAgain(request);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function outcome(reasons: readonly (string | undefined)[]): BulkOutcome {
  const refused = new Map<string, number>();
  for (const reason of reasons) if (reason !== undefined) refused.set(reason, (refused.get(reason) ?? 0) + 1);
  return { done: reasons.filter((reason) => reason === undefined).length, refused };
}

function wordsOf(code: string): string {
  return code === 'job_finished' ? 'had ended before' : code;
}
