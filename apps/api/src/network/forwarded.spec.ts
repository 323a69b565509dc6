import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { forwarded, trustProxies } from './forwarded.js';

describe('forwarded', () => {
  const chain = { headers: { 'x-forwarded-host': 'forged, outer , inner', 'x-forwarded-proto': 'https' } };

  it.each([
    [0, undefined, undefined],
    [1, 'inner', 'https'],
    [2, 'outer', 'https'],
    [3, 'forged', 'https'],
    [9, 'forged', 'https'],
  ])('of %i proxies is what the outermost of them was asked for: %s by %s', (hops, host, proto) => {
    expect([forwarded(chain, 'host', hops), forwarded(chain, 'proto', hops)]).toEqual([host, proto]);
  });

  it('is nothing without the header', () => {
    expect(forwarded({ headers: {} }, 'host', 1)).toBeUndefined();
  });
});

/** Whom a service behind so many proxies takes for its client. */
async function clientAddress(hops: number, forwardedFor: string): Promise<string> {
  const app = express();
  trustProxies(app, hops);
  app.get('/', (request, response) => void response.send(request.ip));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-forwarded-for': forwardedFor } });
  const address = await response.text();
  server.closeAllConnections();
  server.close();
  return address;
}

describe('trustProxies', () => {
  it.each([
    [0, '127.0.0.1'],
    [1, '203.0.113.7'],
    [2, '198.51.100.9'],
  ])('of %i proxies, of whom the outermost saw %s, believes no further address', async (hops, address) => {
    expect(await clientAddress(hops, '10.9.9.9, 198.51.100.9, 203.0.113.7')).toBe(address);
  });
});
