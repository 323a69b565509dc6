import type { RunRecord, SeenAttempt, SeenJob, StruckFault } from './run-record.js';

/** The law, and what it is broken by. */
type Law = (record: RunRecord) => readonly string[];

const NOT_TO_BLAME = ['cancelled'];

const LAWS: Readonly<Record<string, Law>> = {
  'what was acknowledged ends, and ends well': ({ jobs }) =>
    each(jobs, ({ lastEnd, cancelAnswer }) => {
      if (lastEnd === undefined) return 'is lost';
      if (lastEnd.status === 'succeeded') return undefined;
      const isAsked = cancelAnswer !== undefined && NOT_TO_BLAME.includes(lastEnd.code ?? '');
      return isAsked ? undefined : `${lastEnd.status} ${lastEnd.code}`;
    }),
  'a job has one end, which never changes': ({ jobs }) =>
    each(jobs, ({ firstEnd, lastEnd, ending }) => {
      if (firstEnd === undefined || lastEnd === undefined) return undefined; // other laws name it
      if (ending.length > 1) return `published ${ending.join(', ')}`;
      const [first, last] = [firstEnd, lastEnd].map((end) => JSON.stringify(end));
      return first === last ? undefined : `was ${first}, is ${last}`;
    }),
  'the same request gives the same bytes': ({ jobs, expected }) =>
    each(jobs, ({ lastEnd, request, resultSha256 }) => {
      if (lastEnd?.status !== 'succeeded') return undefined;
      if (lastEnd.sha256 !== expected[request]) return `result ${lastEnd.sha256} instead of ${expected[request]}`;
      return resultSha256 === lastEnd.sha256 ? undefined : `bytes with ${resultSha256}`;
    }),
  'an Idempotency-Key has one job': ({ idsOfKeys }) =>
    [...idsOfKeys].flatMap(([key, ids]) => (ids.size > 1 ? [`${key}: ${[...ids].join(', ')}`] : [])),
  'nothing runs that was not asked for': ({ jobs, listed }) =>
    listed.filter((id) => !jobs.has(id)).map((id) => `${id}: nobody was given this id`),
  'what was acknowledged is listed': ({ jobs, listed }) => {
    const known = new Set(listed);
    return each(jobs, ({ id }) => (known.has(id) ? undefined : 'is not listed'));
  },
  'an accepted cancel leaves no result, a refused one changes nothing': ({ jobs }) =>
    each(jobs, ({ cancelAnswer, lastEnd }) => {
      if (cancelAnswer === undefined) return undefined;
      const expected = cancelAnswer === 202 ? 'cancelled' : 'succeeded';
      return lastEnd?.status === expected ? undefined : `cancel ${cancelAnswer}, but ${lastEnd?.status}`;
    }),
  'a job begins again only when a fault has hit its worker': ({ jobs, struck }) =>
    each(jobs, ({ attempts }) => {
      const again = attempts.findIndex((next, i) => i > 0 && !isExplained(attempts[i - 1], next, struck));
      return again < 0 ? undefined : `for no reason: ${JSON.stringify(attempts.slice(again - 1, again + 1))}`;
    }),
  'the queue drains in time': ({ jobs, left }) => [
    ...(left === 0 ? [] : [`${left} jobs are not at their end`]),
    ...each(jobs, ({ firstEnd, lastEnd }) =>
      firstEnd === undefined && lastEnd !== undefined ? `was late: ${lastEnd.finishedAt}` : undefined,
    ),
  ],
  'handles return': ({ before, after }) => [
    ...more('files of the API', before.apiFiles, after.apiFiles),
    ...more('connections to Redis', before.redisClients, after.redisClients),
    ...(after.temporaryFiles === 0 ? [] : [`${after.temporaryFiles} temporary files`]),
  ],
  'errors are honest': ({ answers }) =>
    [...answers].flatMap(([answer, times]) =>
      /^(2..|4..|503|no answer)$/.test(answer) ? [] : [`${answer}, ${times} times`],
    ),
};

/** What of a run breaks a law, each with the law; empty when all hold. */
export function breaches(record: RunRecord): string[] {
  return Object.entries(LAWS).flatMap(([law, broken]) => broken(record).map((how) => `${law}: ${how}`));
}

function each(jobs: RunRecord['jobs'], broken: (job: SeenJob) => string | undefined): string[] {
  return [...jobs.values()].flatMap((job) => {
    const how = broken(job);
    return how === undefined ? [] : [`${job.id} ${how}`];
  });
}

/** Whether something had hit the worker of an attempt when the next one began. */
function isExplained(before: SeenAttempt | undefined, next: SeenAttempt, struck: readonly StruckFault[]): boolean {
  if (before === undefined) return true;
  return struck.some(
    ({ hit, fromMs, toMs }) =>
      (hit === 'all' || hit === before.pid) && fromMs <= next.startedAt && toMs >= before.startedAt,
  );
}

/** Ten in a hundred and a few may be in use at the moment of the look. */
function more(what: string, before: number, after: number): string[] {
  return after <= 1.1 * before + 4 ? [] : [`${after} ${what}, ${before} before`];
}
