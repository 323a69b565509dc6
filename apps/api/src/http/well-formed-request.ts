import type { IncomingMessage, ServerResponse } from 'node:http';
import { discardBody } from './body/discard-body.js';
import type { Next } from './middleware.js';
import { HttpProblem } from './problem.js';
import { pathOf } from './request-path.js';

/**
 * Refuses, before anything else reads the request, what no route could: a path that cannot be
 * percent-decoded, and a body where none belongs, which some routes would wait for. What an answered request
 * still sends is not listened to for ever.
 */
export function refuseMalformed(request: IncomingMessage, response: ServerResponse, next: Next): void {
  response.once('finish', () => discardBody(request));
  if (!isDecodable(pathOf(request))) return next(new HttpProblem('invalid_id', 'the path is not well-formed'));
  if ((request.method === 'GET' || request.method === 'HEAD') && hasBody(request)) {
    const headers = { Connection: 'close' };
    return next(new HttpProblem('bad_request', `${request.method} takes no body`, { headers }));
  }
  next();
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** Whether the headers announce a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
