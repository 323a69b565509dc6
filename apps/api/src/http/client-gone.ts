import type { ServerResponse } from 'node:http';

/**
 * Aborts when the connection closes before the answer was sent; an abort after it would cost a DOMException
 * per request.
 */
export function clientGone(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  if (response.destroyed) controller.abort();
  return controller.signal;
}
