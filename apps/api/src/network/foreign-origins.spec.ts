import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { refuseForeignOrigins } from './foreign-origins.js';

const LOCAL = {
  STRIDE_HOST: '127.0.0.1',
  STRIDE_ALLOWED_HOSTS: [],
  STRIDE_PUBLIC_URL: undefined,
  STRIDE_TRUST_PROXY: 0,
};
const CONTAINER = { ...LOCAL, STRIDE_HOST: '0.0.0.0' };
const NAMED = { ...LOCAL, STRIDE_PUBLIC_URL: 'https://stride.example.com/api', STRIDE_ALLOWED_HOSTS: ['b.org', '::2'] };
const PROXIED = { ...NAMED, STRIDE_TRUST_PROXY: 1 };

function refusal(config: typeof NAMED | typeof LOCAL, headers: IncomingMessage['headers'], keysAreOn = false): unknown {
  let answer: unknown;
  const request: Pick<IncomingMessage, 'headers'> = { headers };
  const next = (error?: unknown) => (answer = error);
  refuseForeignOrigins(config, () => (keysAreOn ? undefined : config.STRIDE_HOST))(
    request as IncomingMessage,
    {} as ServerResponse,
    next,
  );
  return answer;
}

describe('refuseForeignOrigins', () => {
  it.each([
    [LOCAL, { host: '127.0.0.1:3000' }],
    [LOCAL, { host: '[::1]:3000', origin: 'http://localhost:8080' }],
    [LOCAL, { host: 'localhost', 'x-forwarded-host': 'evil.com' }],
    [CONTAINER, { host: 'api:3000' }],
    [CONTAINER, { host: '10.0.0.1:3000' }],
    [CONTAINER, { host: 'api.default.svc.cluster.local:3000' }],
    [NAMED, { host: 'stride.example.com', origin: 'https://stride.example.com' }],
    [NAMED, { host: 'B.org:3000' }],
    [NAMED, { host: '[0:0::2]:3000' }],
    [NAMED, { host: '127.0.0.1:3000' }],
    [PROXIED, { host: '127.0.0.1:3000', 'x-forwarded-host': 'stride.example.com' }],
    [PROXIED, { host: 'b.org', 'x-forwarded-host': 'evil.com, stride.example.com:443' }],
  ])('with the settings %j lets %j in', (config, headers) => {
    expect(refusal(config, headers)).toBeUndefined();
  });

  it.each([
    [LOCAL, { host: 'evil.com' }, 'Host "evil.com"'],
    [LOCAL, { host: 'api:3000' }, 'Host "api:3000"'],
    [LOCAL, { host: '10.0.0.1:3000' }, 'Host'],
    [LOCAL, { host: '127.0.0.1:3000', origin: 'https://evil.com' }, 'Origin "https://evil.com"'],
    [LOCAL, { host: '127.0.0.1:3000', origin: 'null' }, 'Origin'],
    [LOCAL, {}, 'Host ""'],
    [CONTAINER, { host: 'rebind.evil.com:3000' }, 'Host'],
    [CONTAINER, { host: 'localhost:3000', origin: 'https://evil.com' }, 'Origin'],
    [NAMED, { host: 'a.stride.example.com' }, 'Host'],
    [NAMED, { host: 'b.org.evil.com' }, 'Host'],
    [PROXIED, { host: 'evil.com', 'x-forwarded-host': 'stride.example.com' }, 'Host'],
    [PROXIED, { host: 'b.org', 'x-forwarded-host': 'stride.example.com, evil.com' }, 'X-Forwarded-Host "evil.com"'],
    [PROXIED, { host: 'b.org', 'x-forwarded-host': '' }, 'X-Forwarded-Host ""'],
  ])('with the settings %j refuses %j and names the %s', (config, headers, named) => {
    const problem = refusal(config, headers);
    expect(problem).toMatchObject({ code: 'forbidden_origin', status: 403, message: expect.stringContaining(named) });
  });

  it('answers every name where a key is asked for', () => {
    expect(refusal(LOCAL, { host: 'stride.example.com', origin: 'https://evil.com' }, true)).toBeUndefined();
  });
});
