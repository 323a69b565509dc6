import type { Response } from 'express';

/** Aborts when the connection closes before the answer was sent. */
export function clientGone(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  if (response.destroyed) controller.abort();
  return controller.signal;
}
