import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { ApiConfig } from '../api-config.js';
import { isLoopback } from '../http/loopback.js';
import type { Middleware } from '../http/middleware.js';
import { HttpProblem } from '../http/problem.js';
import { forwarded } from './forwarded.js';
import { remembered } from '../http/remembered.js';

// Names that public DNS never serves: one label, and the suffixes of container and cluster networks.
const PRIVATE_NAME = /^[a-z0-9_-]+$|\.(?:internal|local)$/;

type Names = Pick<ApiConfig, 'STRIDE_ALLOWED_HOSTS' | 'STRIDE_PUBLIC_URL' | 'STRIDE_TRUST_PROXY'>;

/**
 * Without API keys any web page could reach a local server by DNS rebinding, or send it a form. Such requests
 * show a foreign `Host` or `Origin`. Both may be a name that the configuration gives; bound beyond loopback,
 * as inside a container network, also an address or a name that is not public. A page has no key: where one
 * is asked for, every name is answered.
 * @param openAddress where a request arrived, if it is answered without a key there
 */
export function refuseForeignOrigins(
  config: Names,
  openAddress: (request: IncomingMessage) => string | undefined,
): Middleware {
  const given = new Set([...config.STRIDE_ALLOWED_HOSTS, hostName(config.STRIDE_PUBLIC_URL ?? '')]);
  return (request, _response, next) => {
    const boundHost = openAddress(request);
    if (boundHost === undefined) return next();
    const isKnown = (host: string) =>
      isLoopback(host) || given.has(host) || (!isLoopback(boundHost) && isPrivate(host));
    const problem = foreignName(request, isKnown, config.STRIDE_TRUST_PROXY);
    if (problem === undefined) next();
    else next(problem);
  };
}

function isPrivate(host: string): boolean {
  return isIP(host) !== 0 || PRIVATE_NAME.test(host);
}

/** A page can send any `X-Forwarded-Host` but no other `Host`, so that both must be known. */
function foreignName(
  request: IncomingMessage,
  mayBe: (host: string) => boolean,
  hops: number,
): HttpProblem | undefined {
  const isKnown = (url: string): boolean => {
    const host = hostName(url);
    return host !== undefined && mayBe(host);
  };
  const { host = '', origin } = request.headers;
  const asked = forwarded(request, 'host', hops);
  if (!isKnown(`http://${host}`)) return foreign('Host', host);
  if (asked !== undefined && !isKnown(`http://${asked}`)) return foreign('X-Forwarded-Host', asked);
  return origin === undefined || isKnown(origin) ? undefined : foreign('Origin', origin);
}

const hostName = remembered((url: string): string | undefined => {
  try {
    return new URL(url).hostname.replaceAll(/[[\]]/g, '');
  } catch {
    return undefined; // not asked before: there are URLs that canParse takes and the constructor refuses
  }
});

function foreign(header: string, value: string): HttpProblem {
  const remedy = header === 'Origin' ? '' : '; STRIDE_ALLOWED_HOSTS names further ones';
  return new HttpProblem(
    'forbidden_origin',
    `${header} ${JSON.stringify(value.slice(0, 100))} is not this server${remedy}`,
  );
}
