import { isIP } from 'node:net';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { HttpProblem } from './problem.js';

const LOOPBACK_NAME = /^(?:localhost|(?:[a-z0-9-]+\.)*localhost)$/;
// Names that public DNS never serves: one label, and the suffixes of container and cluster networks.
const PRIVATE_NAME = /^[a-z0-9_-]+$|\.(?:internal|local)$/;

/** True of an address or name that only this machine answers to. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return /^127(?:\.\d{1,3}){3}$/.test(name) || name === '::1' || LOOPBACK_NAME.test(name);
}

/**
 * Without API keys any web page could reach a local server by DNS rebinding, or send it a form. Such requests
 * show a foreign `Host` or `Origin`. Bound beyond loopback, as inside a container network, `Host` may also be
 * an address or a name that is not public.
 */
export function refuseForeignOrigins(boundHost: string): RequestHandler {
  const onlyLoopback = isLoopback(boundHost);
  const mayBe = (host: string) => isLoopback(host) || (!onlyLoopback && (isIP(host) !== 0 || PRIVATE_NAME.test(host)));
  return (request: Request, _response: Response, next: NextFunction) => {
    const host = hostName(`http://${request.headers.host ?? ''}`);
    const { origin } = request.headers;
    const originHost = origin === undefined ? undefined : hostName(origin);
    if (host === undefined || !mayBe(host)) next(foreign('Host', request.headers.host));
    else if (origin !== undefined && (originHost === undefined || !mayBe(originHost))) next(foreign('Origin', origin));
    else next();
  };
}

function hostName(url: string): string | undefined {
  try {
    return new URL(url).hostname.replace(/^\[|\]$/g, '');
  } catch {
    return undefined; // not asked before: there are URLs that canParse takes and the constructor refuses
  }
}

function foreign(header: string, value: string | undefined): HttpProblem {
  return new HttpProblem(
    'forbidden_origin',
    `${header} ${JSON.stringify(value?.slice(0, 100) ?? '')} is not this server`,
  );
}
