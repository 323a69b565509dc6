import { isIPv6, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Server as TlsServer } from 'node:tls';

interface WayOut {
  /** The address from which this process speaks to the rest of the system, if it is known. */
  readonly towards?: string | undefined;
  readonly interfaces?: ReturnType<typeof networkInterfaces>;
}

/**
 * The URL that a server listens on; where it listens on all addresses, one that other machines reach.
 * @throws TypeError when it does not listen on a port
 */
export function listeningUrl(server: Server, path = '', wayOut: WayOut = {}): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null)
    throw new TypeError(`expected a listening TCP server, got ${JSON.stringify(address)}`);
  const isEvery = address.address === '::' || address.address === '0.0.0.0';
  const host = isEvery ? ownAddress(address.address === '::', wayOut) : address.address;
  const scheme = server instanceof TlsServer ? 'https' : 'http';
  return `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${address.port}${path}`;
}

/**
 * Where other machines reach this one: by preference the way out, then IPv4 before IPv6; without a network,
 * where it is reached from here.
 */
export function ownAddress(withIPv6: boolean, { towards, interfaces = networkInterfaces() }: WayOut): string {
  const outside = Object.values(interfaces)
    .flatMap((all) => all ?? [])
    .filter(({ internal, scopeid = 0, family }) => !internal && scopeid === 0 && (withIPv6 || family === 'IPv4'));
  const [first] = outside.sort((left, right) => left.family.localeCompare(right.family));
  return outside.find(({ address }) => address === towards)?.address ?? first?.address ?? '127.0.0.1';
}
