import { HttpProblem } from './problem.js';

/**
 * What a server answers that cannot do its part now, or is not the one that can: a replica, a node of a
 * cluster, one that loads its data.
 */
const AWAY: ReadonlySet<string> = new Set([
  'LOADING',
  'READONLY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'MOVED',
  'ASK',
  'TRYAGAIN',
  'CROSSSLOT',
  'NOREPLICAS',
  'MISCONF',
  'BUSY',
  'NOAUTH',
  'WRONGPASS',
  'NOPERM',
]);

/** A refusal of Redis as the problem that a client sees. */
export function fromRedis(error: Error): HttpProblem {
  const codes = codesOf(error);
  if (codes.includes('OOM'))
    return new HttpProblem('queue_full', 'the queue has no memory left; try again later', { cause: error });
  const isAway = codes.some((code) => AWAY.has(code));
  return new HttpProblem(isAway ? 'queue_unavailable' : 'internal_error', 'the queue refused the request', {
    cause: error,
  });
}

/**
 * The codes with which Redis says why. A refusal begins with its own; that of a command in a script may stand
 * inside the text, behind a dash (Redis 6), and those of a transaction's commands (EXECABORT) beside it.
 */
function codesOf(error: Error): string[] {
  const previous: unknown = 'previousErrors' in error ? error.previousErrors : undefined;
  const inner = Array.isArray(previous) ? previous.filter((cause) => cause instanceof Error) : [];
  const scripts = [...error.message.matchAll(/ -([A-Z]{3,}) /g)].map(([, code]) => code ?? '');
  return [error.message.split(' ', 1)[0] ?? '', ...scripts, ...inner.flatMap(codesOf)];
}
