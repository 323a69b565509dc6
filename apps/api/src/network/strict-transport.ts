import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Middleware } from '../http/middleware.js';
import { forwarded } from './forwarded.js';

const YEAR_SECONDS = 31_536_000;

/** Browsers that came by TLS, ours or that of a trusted proxy, come by TLS only from then on. */
export function strictTransport(hops: number): Middleware {
  return (request, response, next) => {
    if (cameByTls(request, hops)) response.setHeader('Strict-Transport-Security', `max-age=${YEAR_SECONDS}`);
    next();
  };
}

/** Whether a request came by TLS, ours or that of the outermost of so many proxies. */
export function cameByTls(request: IncomingMessage, hops: number): boolean {
  return request.socket instanceof TLSSocket || forwarded(request, 'proto', hops) === 'https';
}
