import { describe, expect, it } from 'vitest';
import type { Request, Response } from 'express';
import { isLoopback, refuseForeignOrigins } from './loopback.js';

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.9.8.7', 'localhost', 'LOCALHOST', 'app.localhost', '::1'])('is true of %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', 'localhost.evil.com', '127.0.0.1.evil.com', 'evil.com', ''])(
    'is false of %s',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});

describe('refuseForeignOrigins', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1:3000', undefined, true],
    ['127.0.0.1', '[::1]:3000', 'http://localhost:8080', true],
    ['127.0.0.1', 'evil.com', undefined, false],
    ['127.0.0.1', 'api:3000', undefined, false],
    ['127.0.0.1', '10.0.0.1:3000', undefined, false],
    ['127.0.0.1', '127.0.0.1:3000', 'https://evil.com', false],
    ['127.0.0.1', '127.0.0.1:3000', 'null', false],
    ['127.0.0.1', undefined, undefined, false],
    ['0.0.0.0', 'api:3000', undefined, true],
    ['0.0.0.0', '10.0.0.1:3000', undefined, true],
    ['0.0.0.0', 'api.default.svc.cluster.local:3000', undefined, true],
    ['0.0.0.0', 'rebind.evil.com:3000', undefined, false],
    ['0.0.0.0', 'localhost:3000', 'https://evil.com', false],
  ])('bound to %s, with Host %s and Origin %s, lets the request in: %s', (bound, host, origin, allowed) => {
    let refusal: unknown;
    const request: Pick<Request, 'headers'> = { headers: { host, origin } };
    refuseForeignOrigins(bound)(request as Request, {} as Response, (error?: unknown) => (refusal = error));
    expect(refusal === undefined).toBe(allowed);
    if (!allowed) expect(refusal).toMatchObject({ code: 'forbidden_origin', status: 403 });
  });
});
