import type { EventSourceMessage } from 'eventsource-parser/stream';
import type { ApiClient } from './api-client.js';
import { delay } from './delay.js';
import { eventData, openEventStream } from './event-stream.js';
import { StrideError } from './stride-error.js';

/** One event of a job's stream; `data` is the JSON of the service. */
export interface ClientJobEvent {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
}

export interface FollowOptions {
  /** Continue after this event; default: from the oldest event that the service still has. */
  readonly lastEventId?: string;
  readonly signal?: AbortSignal;
}

const FINAL_TYPES: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;

/**
 * The events of a sampling or training job until its final one, across lost connections and restarts of the
 * service.
 * @throws StrideError when the service knows no such job; an AbortError when `signal` aborts
 */
export async function* followEvents(
  client: ApiClient,
  jobId: string,
  { lastEventId, signal }: FollowOptions = {},
): AsyncGenerator<ClientJobEvent> {
  let cursor = lastEventId;
  let wait = FIRST_RETRY_MS;
  for (;;) {
    try {
      for await (const message of await openStream(client, jobId, cursor, signal)) {
        const event = toEvent(message, cursor);
        cursor = event.id;
        wait = FIRST_RETRY_MS;
        yield event;
        if (FINAL_TYPES.has(event.type)) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof StrideError && (error.status ?? 503) < 500) throw error;
    }
    await delay(wait, signal);
    wait = Math.min(wait * 2, MAX_RETRY_MS);
  }
}

function openStream(
  client: ApiClient,
  jobId: string,
  cursor: string | undefined,
  signal: AbortSignal | undefined,
): Promise<AsyncIterable<EventSourceMessage>> {
  const path = jobId.startsWith('trn_') ? '/v1/training-jobs' : '/v1/sampling-jobs'; // it refuses others
  const headers: Record<string, string> = cursor ? { 'Last-Event-ID': cursor } : {};
  return openEventStream(client, `${path}/${encodeURIComponent(jobId)}/events`, { headers, signal });
}

function toEvent(message: EventSourceMessage, cursor: string | undefined): ClientJobEvent {
  const { id, event } = message;
  return { id: id ?? cursor ?? '', type: event ?? 'message', data: eventData(message) };
}
