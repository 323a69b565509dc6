import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiKeys, Keys, workerConnection } from '#queue';
import { SCOPES, type Scope } from '#contract';
import { TestApi } from '../api/test-api.js';
import { eventLine, TestProcess } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { codeOf, GuardedApi, keyId } from './guarded-api.js';

/** Answered without a key: they show nothing of anybody. */
const OPEN = [
  '/docs',
  '/openapi.json',
  '/health',
  '/health/live',
  '/health/ready',
  '/healthz',
  '/config',
  '/v2',
  '/v2/health/live',
  '/v2/health/ready',
];

describe.skipIf(!redisAvailable)('The API with keys', () => {
  let guarded: GuardedApi;
  let api: TestApi;
  beforeAll(async () => {
    guarded = await GuardedApi.start();
    api = guarded.api;
  });
  afterAll(() => guarded.stop());

  const make = (...scopes: Scope[]): Promise<string> => guarded.issue({ scopes });
  const get = (path: string, authorization?: string) =>
    api.fetch(path, { headers: authorization === undefined ? {} : { authorization } });

  it('answers 401 to every route of its document while there is no key', async () => {
    const document: { paths: Record<string, Record<string, unknown>> } = JSON.parse(
      await (await get('/openapi.json')).text(),
    );
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((name) => [name.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x')] as const),
    );
    expect(routes.length).toBeGreaterThan(25);
    for (const [method, path] of routes.filter(([, closed]) => !OPEN.includes(closed))) {
      // the page's log-in is on the management port alone
      if (path === '/v1/session') {
        expect([method, await codeOf(await api.fetch(path, { method }))]).toEqual([method, '404 not_found']);
        continue;
      }
      const response = await api.fetch(path, { method });
      // an error of the Open Inference Protocol has no code
      const refusal = path.startsWith('/v2/') ? '401' : '401 unauthorized';
      expect([method, path, await codeOf(response)]).toEqual([method, path, refusal]);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /);
    }
    for (const path of OPEN) expect([path, (await get(path)).status]).toEqual([path, 200]);
  });

  it.each(['Bearer', 'bearer', 'Api-Key'])('takes a key after %s', async (scheme) => {
    expect((await get('/v1/models', `${scheme} ${await make('jobs:read')}`)).status).toBe(200);
  });

  it('refuses what is no key, has no key, or stands in the address', async () => {
    const key = await make('admin');
    const other = await make('admin');
    const secretOfAnother = `Bearer ${key.slice(0, 16)}${other.slice(16)}`;
    const refused = [undefined, '', 'Bearer', `Bearer ${key}x`, `Basic ${key}`, key, secretOfAnother];
    for (const authorization of refused)
      expect(await codeOf(await get('/v1/models', authorization))).toBe('401 unauthorized');
    expect(await codeOf(await get(`/v1/models?key=${key}`))).toBe('401 unauthorized');
    expect(await codeOf(await get(`/v1/models?key=${key}`, `Bearer ${key}`))).toBe('401 unauthorized');
    expect((await get('/v1/models', `Bearer ${key}`)).status).toBe(200);
  });

  it.each(SCOPES)('lets a key with the scope %s do that and no more, but admin everything', async (scope) => {
    const authorization = `Bearer ${await make(scope)}`;
    const allowed = async (method: string, path: string) => {
      const response = await api.fetch(path, { method, headers: { authorization } });
      if (response.status !== 403) return true;
      const text = await response.text();
      expect(text).toMatch(/forbidden_scope.*the scope (jobs:read|jobs:write|train|models:write|store|admin)"/);
      return false;
    };
    expect({
      'jobs:read': await allowed('GET', '/v1/sampling-jobs'),
      'jobs:write': await allowed('POST', '/v1/sampling-jobs'),
      train: await allowed('POST', '/v1/training-jobs'),
      'models:write': await allowed('DELETE', '/v1/models/nobody/versions/1'),
      store: await allowed('GET', '/v1/store'),
      admin: await allowed('GET', '/v1/workers'),
    }).toEqual(Object.fromEntries(SCOPES.map((other) => [other, other === scope || scope === 'admin'])));
  });

  it('keeps no secret in Redis and writes none into its log', async () => {
    const key = await make('admin');
    await get('/v1/models', `Bearer ${key}`);
    await get(`/v1/models?key=${key}`);
    const secret = key.slice(16, 59);
    for (const name of await guarded.redis.keys('*')) {
      const type = await guarded.redis.type(name);
      const text = type === 'hash' ? JSON.stringify(await guarded.redis.hgetall(name)) : '';
      const stream = type === 'stream' ? JSON.stringify(await guarded.redis.xrange(name, '-', '+')) : '';
      expect(text + stream).not.toContain(secret);
    }
    expect(api.process.lines.join('\n')).not.toContain(secret);
  });

  it('says which key was used when', async () => {
    const issued = await guarded.keys.create({ name: 'seen', scopes: ['jobs:read'] }, { by: 'test' });
    await get('/v1/models', `Bearer ${issued?.key}`);
    const [seen] = (await guarded.keys.list()).filter(({ id }) => id === issued?.id);
    expect(Date.parse(seen?.lastUsedAt ?? '')).toBeGreaterThan(Date.parse(seen?.createdAt ?? '') - 1);
  });

  /** How many of a key's requests in a row another process still answers, of so many that are sent. */
  const stillAnswered = async (url: string, key: string, most: number): Promise<number> => {
    for (let answered = 0; answered < most; answered++) {
      const response = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
      const answer = await codeOf(response);
      if (answer !== '200') return answer === '401 key_revoked' ? answered : Number.NaN;
    }
    return most;
  };

  it('lets no process take a key that was revoked by another one, also when the message of it is lost', async () => {
    const other = api.again({ STRIDE_REQUIRE_AUTH: 'true' });
    const url = String((await other.untilLine((line) => eventLine(line, 'ready'))).url);
    try {
      const admin = `Bearer ${await make('admin')}`;
      const [first, second] = [await make('jobs:read'), await make('jobs:read')];
      for (const key of [first, second]) expect(await stillAnswered(url, key, 1)).toBe(1);
      const revoke = `/v1/keys/${keyId(first)}/revoke`;
      expect((await api.fetch(revoke, { method: 'POST', headers: { authorization: admin } })).status).toBe(200);
      // as many as go by until Redis' message is there
      expect(await stillAnswered(url, first, 50)).toBeLessThan(50);
      const id = keyId(second);
      const record: object = JSON.parse((await guarded.redis.hget(new Keys().apiKeys, id)) ?? '');
      await guarded.redis.hset(new Keys().apiKeys, id, JSON.stringify({ ...record, revokedAt: Date.now() }));
      expect(await stillAnswered(url, second, 1_000)).toBeLessThan(1_000); // read again after half a second
    } finally {
      await other.stop();
    }
  });

  it('ends with 78 on an address of other machines when it is to do without keys, and names the setting', async () => {
    const open = api.again({ STRIDE_HOST: '0.0.0.0', STRIDE_REQUIRE_AUTH: 'false' });
    expect((await open.exited).code).toBe(78);
    expect(open.lines.join('\n')).toContain('STRIDE_HOST: 0.0.0.0 is open to other machines');
  });

  const stride = (...args: string[]) =>
    new TestProcess({
      name: 'stride',
      script: 'dist/apps/cli/src/main.js',
      args,
      env: { REDIS_URL: api.redis.url },
    });

  it('lets `stride keys create` beside Redis make a key, which goes into a file that only its user reads', async () => {
    const out = join(api.directory, 'key');
    expect((await stride('keys', 'create', 'robot', '--scopes', 'jobs:read', '--out', out).exited).code).toBe(0);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const key = readFileSync(out, 'utf8').trim();
    expect((await get('/v1/models', `Bearer ${key}`)).status).toBe(200);
    const first = stride('keys', 'create', 'first', '--if-none', '--out', join(api.directory, 'first'));
    expect((await first.exited).code).toBe(0);
    expect(first.lines.join('')).toContain('there is a key already');
  });
});

describe.skipIf(!redisAvailable)('The API without keys', () => {
  it('asks for a key as soon as there is one, and does not start on an address of others while there is none', async () => {
    const api = await TestApi.start();
    const redis = new Redis(api.redis.url, workerConnection);
    try {
      const exposed = api.again({ STRIDE_HOST: '0.0.0.0' });
      expect((await exposed.exited).code).toBe(78);
      expect((await api.fetch('/v1/models')).status).toBe(200);
      const issued = await new ApiKeys(redis).create({ name: 'first', scopes: ['admin'] }, { by: 'test' });
      await expect.poll(async () => (await api.fetch('/v1/models')).status).toBe(401);
      expect((await api.fetch('/v1/models', { headers: { authorization: `Bearer ${issued?.key}` } })).status).toBe(200);
      const guarded = api.again({ STRIDE_HOST: '0.0.0.0' });
      await guarded.untilLine((line) => eventLine(line, 'ready'));
      await guarded.kill();
    } finally {
      redis.disconnect();
      await api.stop();
    }
  });
});
