import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listeningUrl, ownAddress } from './listening-url.js';

const ipv4 = { netmask: '', mac: '', cidr: null, family: 'IPv4' as const, internal: false };
const ipv6 = { ...ipv4, family: 'IPv6' as const, scopeid: 0 };
const lo = [{ ...ipv4, address: '127.0.0.1', internal: true }];
const linkLocal = { ...ipv6, address: 'fe80::1', scopeid: 2 };
const v6 = { ...ipv6, address: '2001:db8::7' };
const v4 = { ...ipv4, address: '10.0.0.7' };
const wide = { ...ipv4, address: '192.0.2.7' };

describe('the own address', () => {
  it.each([
    ['IPv4 before IPv6', true, { lo, eth0: [linkLocal, v6, v4] }, undefined, '10.0.0.7'],
    ['IPv6 where there is nothing else', true, { lo, eth0: [linkLocal, v6] }, undefined, '2001:db8::7'],
    ['the way out before others', true, { lo, eth0: [v4], eth1: [wide] }, '192.0.2.7', '192.0.2.7'],
    ['an IPv6 way out too', true, { lo, eth0: [v4, v6] }, '2001:db8::7', '2001:db8::7'],
    ['no IPv6 way out where only IPv4 is listened on', false, { lo, eth0: [v6, v4] }, '2001:db8::7', '10.0.0.7'],
    ['not the way to a Redis of the same machine', true, { lo, eth0: [v4] }, '127.0.0.1', '10.0.0.7'],
    ['that of the machine itself where there is no network', true, { lo, eth0: [linkLocal] }, '127.0.0.1', '127.0.0.1'],
  ])('is %s', (_, withIPv6, interfaces, towards, expected) => {
    expect(ownAddress(withIPv6, { interfaces, towards })).toBe(expected);
  });
});

describe('the URL of a server', () => {
  const urlOf = async (host: string): Promise<string> => {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    const url = listeningUrl(server, '/metrics', { interfaces: { lo, eth0: [v4, wide] }, towards: '192.0.2.7' });
    server.close();
    return url.replace(/:\d+\//, ':PORT/');
  };

  it('is where it listens, or, where that is everywhere, the way out', async () => {
    expect(await urlOf('127.0.0.1')).toBe('http://127.0.0.1:PORT/metrics');
    expect(await urlOf('0.0.0.0')).toBe('http://192.0.2.7:PORT/metrics');
  });

  it('is none before it listens', () => {
    expect(() => listeningUrl(createServer())).toThrow(TypeError);
  });
});
