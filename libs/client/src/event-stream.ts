import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream';
import type { ApiClient } from './api-client.js';
import { StrideError } from './stride-error.js';

interface EventStreamOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a stream of server-sent events of the service.
 * @throws StrideError when the service refuses; TypeError when it cannot be reached
 */
export async function openEventStream(
  client: ApiClient,
  path: string,
  { headers, signal }: EventStreamOptions = {},
): Promise<AsyncIterable<EventSourceMessage>> {
  const response = await fetch(`${client.baseUrl}${path}`, {
    headers: { Accept: 'text/event-stream', ...client.headers, ...headers },
    signal,
  });
  if (!response.ok) throw StrideError.fromBody(await response.json().catch(() => undefined), response.status);
  if (response.body === null)
    throw new StrideError('unexpected_answer', 'the event stream has no body', response.status);
  return response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
}

/** The JSON of an event. @throws StrideError `unexpected_answer` */
export function eventData({ data }: EventSourceMessage): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new StrideError('unexpected_answer', 'an event of the stream is no JSON', 200, { cause });
  }
}
