import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '#contract';
import { ApiKeys, workerConnection } from '#queue';
import { eventLine } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { sendRaw } from './raw-http.js';
import { TestApi } from './test-api.js';

const PAGE = { 'x-stride-page': '1' };

describe.skipIf(!redisAvailable)('A session of the dashboard', () => {
  let api: TestApi;
  let redis: Redis;
  let keys: ApiKeys;
  let management: string;
  beforeAll(async () => {
    api = await TestApi.start(undefined, { STRIDE_MANAGEMENT_PORT: '0', STRIDE_REQUIRE_AUTH: 'true' });
    const ready = await api.process.untilLine((line) => eventLine(line, 'ready'));
    management = String(ready.management);
    redis = new Redis(api.redis.url, workerConnection);
    keys = new ApiKeys(redis);
  });
  afterAll(async () => {
    redis.disconnect();
    await api.stop();
  });

  const make = async (...scopes: Scope[]) => {
    const issued = await keys.create({ name: 'test', scopes }, { by: 'test' });
    return { id: issued?.id ?? '', key: issued?.key ?? '' };
  };
  const ask = (path: string, { headers = {}, ...init }: RequestInit = {}) =>
    fetch(`${management}${path}`, { ...init, headers: { ...PAGE, ...(headers as Record<string, string>) } });
  const post = (key: string, headers: Record<string, string> = {}) =>
    ask('/v1/session', {
      method: 'POST',
      body: JSON.stringify({ key }),
      headers: { 'content-type': 'application/json', ...headers },
    });
  /** Logs in. @returns what the browser sends from then on */
  const logIn = async (key: string): Promise<{ cookie: string }> => {
    const response = await post(key);
    expect(response.status).toBe(200);
    return { cookie: (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
  };
  const codeOf = async (response: Response): Promise<unknown> => {
    const text = await response.text();
    return response.ok ? response.status : (JSON.parse(text) as { code: unknown }).code;
  };

  it('is a cookie that no script reads, no other site sends, and in which there is no key', async () => {
    const { key } = await make('jobs:read');
    const cookie = (await post(key)).headers.get('set-cookie');
    expect(cookie).toMatch(/^stride_session=[A-Za-z0-9]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
    expect(key).not.toContain(/=(\w+)/.exec(cookie ?? '')?.[1]);
    const stored = await redis.mget(await redis.keys('*session*'));
    for (const text of stored) expect(text).not.toContain(key.slice(16, 59));
    expect(api.process.lines.join('\n')).not.toContain(key.slice(16));
  });

  it('may do what its key may, and no more', async () => {
    const reader = await logIn((await make('jobs:read')).key);
    const admin = await logIn((await make('admin')).key);
    expect(await (await ask('/v1/session', { headers: reader })).json()).toMatchObject({ scopes: ['jobs:read'] });
    expect(await codeOf(await ask('/v1/models', { headers: reader }))).toBe(200);
    expect(await codeOf(await ask('/v1/workers', { headers: reader }))).toBe('forbidden_scope');
    expect(await codeOf(await ask('/v1/workers', { headers: admin }))).toBe(200);
    expect(await codeOf(await ask('/v1/models'))).toBe('unauthorized');
    expect(await codeOf(await ask('/v1/workers'))).toBe('unauthorized');
    expect(await codeOf(await ask('/v1/workers/targets'))).toBe(200);
  });

  it.each(['', 'stride_', 'x'.repeat(64), 'stride_a1b2c3d4_'.padEnd(65, 'x')])('is not had for %j', async (key) => {
    const response = await post(key);
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(await codeOf(response)).toBe('unauthorized');
  });

  it('changes nothing for another page: of another site, of another port, or by a form', async () => {
    const { key } = await make('admin');
    const session = await logIn(key);
    const remove = (headers: Record<string, string>) =>
      fetch(`${management}/v1/models/tiny/versions/1`, { method: 'DELETE', headers: { ...session, ...headers } });
    expect(await codeOf(await remove({}))).toBe('forbidden_origin');
    expect(await codeOf(await remove({ ...PAGE, 'sec-fetch-site': 'same-site' }))).toBe('forbidden_origin');
    expect(await codeOf(await remove({ ...PAGE, 'sec-fetch-site': 'cross-site' }))).toBe('forbidden_origin');
    expect(await codeOf(await remove({ ...PAGE, origin: 'https://evil.example' }))).toBe('forbidden_origin');
    const read = (site: string) => ask('/v1/models', { headers: { ...session, 'sec-fetch-site': site } });
    expect(await codeOf(await read('same-site'))).toBe('forbidden_origin');
    expect(await codeOf(await read('same-origin'))).toBe(200);
    const form = await fetch(`${management}/v1/session`, {
      method: 'POST',
      body: JSON.stringify({ key }),
      headers: { 'content-type': 'application/json' },
    });
    expect(await codeOf(form)).toBe('forbidden_origin'); // nobody is logged in as somebody else
    const preflight = await fetch(`${management}/v1/models/tiny/versions/1`, {
      method: 'OPTIONS',
      headers: { origin: 'http://127.0.0.1:1', 'access-control-request-headers': 'x-stride-page' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    const rebound = ['GET /v1/models HTTP/1.1', 'Host: evil.example', `Cookie: ${session.cookie}`, '', ''].join('\r\n');
    expect(await sendRaw(management, rebound)).toMatchObject({ status: 403, body: { code: 'forbidden_origin' } });
    expect(await codeOf(await ask('/v1/models/tiny', { headers: session }))).toBe(200);
  });

  it('is nothing on the public port, which has neither the page nor logins', async () => {
    const { key } = await make('admin');
    const session = await logIn(key);
    const paths = ['/', '/assets/', '/ASSETS/x.js', '/%61ssets/x.js', '/v1/session', '/V1/Session/', '/v1/%73ession'];
    for (const path of paths) expect([path, (await api.fetch(path)).status]).toEqual([path, 404]);
    expect(await codeOf(await api.fetch('/v1/models', { headers: { ...session, ...PAGE } }))).toBe('unauthorized');
    const login = await api.post('/v1/session', { key }, PAGE);
    expect(await codeOf(login)).toBe('not_found');
    expect((await fetch(`${management}/`)).status).toBe(200);
  });

  it('ends with its key, within a second, and for a copy of the cookie too', async () => {
    const { id, key } = await make('jobs:read');
    const session = await logIn(key);
    await keys.revoke(id, { by: 'test' });
    const refusal = async () => codeOf(await ask('/v1/models', { headers: session }));
    await expect.poll(refusal, { timeout: 1_000 }).toBe('key_revoked');
    const rotated = await make('jobs:read');
    const before = await logIn(rotated.key);
    await keys.rotate(rotated.id, { by: 'test', overlapSeconds: 0 });
    await expect.poll(async () => codeOf(await ask('/v1/models', { headers: before }))).toBe('key_expired');
  });

  it('ends with the log-out, for a copy of the cookie too', async () => {
    const session = await logIn((await make('jobs:read')).key);
    const logOut = () => ask('/v1/session', { method: 'DELETE', headers: session });
    expect((await logOut()).headers.get('set-cookie')).toMatch(/^stride_session=; .*Max-Age=0/);
    expect(await codeOf(await ask('/v1/models', { headers: session }))).toBe('unauthorized');
    expect((await logOut()).status).toBe(204);
  });

  it('is not made up by a foreign or damaged cookie', async () => {
    for (const value of ['', 'x', 'x'.repeat(43), '%00', `${'x'.repeat(42)}\u00e9`])
      expect(await codeOf(await ask('/v1/models', { headers: { cookie: `stride_session=${encodeURI(value)}` } }))).toBe(
        'unauthorized',
      );
  });
});
