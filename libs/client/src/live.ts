import type { ApiClient, Schemas } from './api-client.js';
import { delay } from './delay.js';
import { eventData, openEventStream } from './event-stream.js';
import { StrideError } from './stride-error.js';

/** What the system does, or why nobody can say. */
export type LiveNews = { readonly snapshot: Schemas['LiveSnapshot'] } | { readonly trouble: unknown };

interface LiveOptions {
  readonly signal?: AbortSignal;
  /** A connection that says nothing for so long is lost; the service sends something every second. */
  readonly silentMs?: number;
}

const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;
const SILENT_MS = 10_000;
const TOO_MANY_REQUESTS = 429;

/**
 * The system once a second, for as long as somebody looks: across lost connections and restarts of the
 * service, and with word of why there is no news meanwhile.
 * @throws StrideError when the service refuses the key; an AbortError when `signal` aborts
 */
export async function* followLive(client: ApiClient, options: LiveOptions = {}): AsyncGenerator<LiveNews> {
  const { signal } = options;
  for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, MAX_RETRY_MS)) {
    try {
      for await (const news of connection(client, options)) {
        wait = FIRST_RETRY_MS;
        yield news;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (isRefusal(error)) throw error;
      yield { trouble: error };
    }
    await delay(wait, signal);
  }
}

/** The news of one connection, which may end at any time. @throws what kept it from opening */
async function* connection(client: ApiClient, { signal, silentMs = SILENT_MS }: LiveOptions): AsyncGenerator<LiveNews> {
  const silence = new AbortController();
  const isSilent = () => silence.abort(new StrideError('unreachable', `no word for ${silentMs / 1_000} s`));
  const timer = setTimeout(isSilent, silentMs);
  const either = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]);
  try {
    const messages = await openEventStream(client, '/v1/live', { signal: either });
    try {
      for await (const message of messages) {
        timer.refresh();
        const news = newsOf(message.event, eventData(message));
        if (news !== undefined) yield news;
      }
    } catch (error) {
      // a connection that is cut is no news yet: the next attempt is, if it fails
      if (error instanceof StrideError) throw error;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** @throws StrideError that the key is refused by now */
function newsOf(type: string | undefined, data: unknown): LiveNews | undefined {
  if (type === 'snapshot') return { snapshot: data as Schemas['LiveSnapshot'] };
  if (type === 'unavailable') return { trouble: StrideError.fromBody(data, 503) };
  if (type === 'refused') throw StrideError.fromBody(data, 401);
  return undefined; // of a later release
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof StrideError)) return false;
  const { status = 503 } = error;
  return status < 500 && status !== TOO_MANY_REQUESTS;
}
