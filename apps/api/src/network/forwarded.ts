import type { IncomingMessage } from 'node:http';

/**
 * What a client asked the outermost of so many proxies for. Each of them writes its own value, or appends it;
 * what stands further left came from the client.
 */
export function forwarded(
  request: Pick<IncomingMessage, 'headers'>,
  what: 'host' | 'proto',
  hops: number,
): string | undefined {
  const header = request.headers[`x-forwarded-${what}`];
  if (hops === 0 || typeof header !== 'string') return undefined;
  const values = header.split(',').map((value) => value.trim());
  return values[Math.max(0, values.length - hops)];
}
