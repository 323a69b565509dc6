import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { PageCookie } from './page-cookie.js';

const TOKEN = 'a'.repeat(43);

/** What a browser gets that logs in by such a connection, behind so many proxies. */
function cookieFor(socket: Socket, headers: Record<string, string> = {}, hops = 0): string {
  const request = new IncomingMessage(socket);
  Object.assign(request.headers, headers);
  const response = new ServerResponse(request);
  new PageCookie({ STRIDE_TRUST_PROXY: hops }).set(request, response, TOKEN);
  return String(response.getHeader('set-cookie'));
}

const tls = () => new TLSSocket(new Socket());

describe('The cookie of a session', () => {
  it('is for this host alone, its root, and no script', () => {
    const attributes = cookieFor(new Socket()).split('; ');
    expect(attributes).toEqual([
      `stride_session=${TOKEN}`,
      'Path=/',
      expect.stringMatching(/^Max-Age=\d+$/),
      'HttpOnly',
      'SameSite=Strict',
    ]);
  });

  it('travels by TLS alone where it came so, under a name that nobody else can set', () => {
    const attributes = cookieFor(tls()).split('; ');
    expect(attributes).toContain('Secure');
    expect(attributes).toContain(`__Host-stride_session=${TOKEN}`);
    expect(attributes.some((attribute) => attribute.startsWith('Domain'))).toBe(false); // as __Host- demands
  });

  it('believes a proxy that there is, and no one else, that it came by TLS', () => {
    const headers = { 'x-forwarded-proto': 'https' };
    expect(cookieFor(new Socket(), headers, 1)).toContain('Secure');
    expect(cookieFor(new Socket(), headers, 0)).not.toContain('Secure');
  });
});
