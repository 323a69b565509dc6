import { TLSSocket } from 'node:tls';
import type { Middleware } from '../http/middleware.js';
import { forwarded } from './forwarded.js';

const YEAR_SECONDS = 31_536_000;

/** Browsers that came by TLS, ours or that of a trusted proxy, come by TLS only from then on. */
export function strictTransport(hops: number): Middleware {
  return (request, response, next) => {
    if (request.socket instanceof TLSSocket || forwarded(request, 'proto', hops) === 'https')
      response.setHeader('Strict-Transport-Security', `max-age=${YEAR_SECONDS}`);
    next();
  };
}
