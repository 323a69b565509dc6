import { delay } from './delay.js';

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
/** The service had no time or no place for the request, or does not know what became of it. */
const RETRIED_STATUSES: ReadonlySet<number> = new Set([429, 503]);

/**
 * `fetch` that repeats what may be repeated: reads, and whatever carries an Idempotency-Key, which runs once
 * however often it comes. Repeated are lost connections, `429` and `503`, the latter two when the
 * service says.
 * @param retryMs no attempt begins later than this after the first; 0 repeats nothing
 */
export function retryingFetch(retryMs: number): (request: Request) => Promise<Response> {
  return async (request) => {
    if (!isRepeatable(request)) return fetch(request);
    const until = performance.now() + retryMs;
    for (let backoff = FIRST_RETRY_MS; ; backoff = Math.min(2 * backoff, MAX_RETRY_MS)) {
      const { response, error } = await attempt(request.clone());
      const wait = waitAfter(response, backoff);
      if (wait === undefined || performance.now() + wait > until) {
        if (response === undefined) throw error;
        return response;
      }
      await response?.body?.cancel();
      await delay(wait, request.signal);
    }
  };
}

function isRepeatable({ method, headers }: Request): boolean {
  return method === 'GET' || method === 'HEAD' || headers.has('Idempotency-Key');
}

/** fetch throws a TypeError when a connection is refused or lost. */
async function attempt(request: Request): Promise<{ response?: Response; error?: unknown }> {
  try {
    return { response: await fetch(request) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { error };
  }
}

/** Milliseconds until the next attempt; undefined: this answer stands. */
function waitAfter(response: Response | undefined, backoff: number): number | undefined {
  if (response === undefined) return backoff * (0.5 + Math.random() / 2);
  if (!RETRIED_STATUSES.has(response.status)) return undefined;
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.max(1_000 * seconds, backoff) : backoff;
}
