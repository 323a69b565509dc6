import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Next } from './middleware.js';

export const REQUEST_ID_HEADER = 'X-Request-Id';
const WELL_FORMED = /^[A-Za-z0-9._-]{1,64}$/;

/** Gives each request an id (the client's own, if it sent a well-formed one) and says it in the answer. */
export function identifyRequest(request: IncomingMessage, response: ServerResponse, next: Next): void {
  const given = request.headers['x-request-id'];
  response.setHeader(REQUEST_ID_HEADER, typeof given === 'string' && WELL_FORMED.test(given) ? given : newRequestId());
  next();
}

/** For what never became a request, too. */
export function newRequestId(): string {
  return `req_${randomUUID()}`;
}

/** The id that `identifyRequest` gave. */
export function requestId(response: ServerResponse): string {
  return String(response.getHeader(REQUEST_ID_HEADER) ?? 'unknown');
}
