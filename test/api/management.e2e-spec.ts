import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiKeys, workerConnection } from '#queue';
import { eventLine } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { sendRaw } from './raw-http.js';
import { TestApi } from './test-api.js';

/** However the router might read them. */
const FOR_OPERATORS = [
  '/metrics',
  '/METRICS',
  '/metrics/',
  '/%6detrics',
  '/queues',
  '/queues/',
  '/Queues/api/queues?page=1',
  '/queue%53/',
];

describe.skipIf(!redisAvailable)('An API with a management port', () => {
  let api: TestApi;
  let redis: Redis;
  let management: string;
  beforeAll(async () => {
    api = await TestApi.start(undefined, { STRIDE_MANAGEMENT_PORT: '0', STRIDE_MANAGEMENT_HOST: '0.0.0.0' });
    const ready = await api.process.untilLine((line) => eventLine(line, 'ready'));
    management = `http://127.0.0.1:${new URL(String(ready.management)).port}`;
    redis = new Redis(api.redis.url, workerConnection);
  });
  afterAll(async () => {
    redis.disconnect();
    await api.stop();
  });

  const codes = (base: string, paths: readonly string[], headers: Record<string, string> = {}) =>
    Promise.all(
      paths.map(async (path) => {
        const response = await fetch(`${base}${path}`, { headers });
        const text = await response.text();
        const code = /"code":"(\w+)"/.exec(text)?.[1];
        return code === undefined ? `${path} ${response.status}` : `${path} ${response.status} ${code}`;
      }),
    );
  const all = (paths: readonly string[], answer: string) => paths.map((path) => `${path} ${answer}`);

  it('has metrics and queue board there and nowhere else, and nothing else there', async () => {
    expect(await codes(api.url, FOR_OPERATORS)).toEqual(all(FOR_OPERATORS, '404 not_found'));
    const absolute = await sendRaw(api.url, `GET ${api.url}/metrics#/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    expect(absolute).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const shown = ['/metrics', '/health/live', '/health/ready', '/v1/workers/targets'];
    expect(await codes(management, shown)).toEqual(all(shown, '200'));
    const others = ['/', '/docs', '/openapi.json', '/v1/models', '/v1/workers', '/v1/sampling-jobs'];
    expect(await codes(management, others)).toEqual(all(others, '404 not_found'));
    expect(await (await api.fetch('/')).text()).not.toMatch(/href="\/(?:metrics|queues)/);
  });

  it('keeps the details of health to it', async () => {
    expect(await (await api.fetch('/health/ready')).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${management}/health/ready`)).json()).toMatchObject({
      status: 'ok',
      details: { redis: { status: 'up' } },
    });
  });

  it('answers no name there that a web page could have bent to it', async () => {
    const answer = await sendRaw(management, ['GET /metrics HTTP/1.1', 'Host: evil.example', '', ''].join('\r\n'));
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden_origin' } });
  });

  it('shows other machines the queue board only with a key for everything, as bearer or as a password', async () => {
    const board = ['/queues/', '/queues/api/queues'];
    expect(await codes(management, board)).toEqual(all(board, '401 unauthorized'));
    const keys = new ApiKeys(redis);
    const make = async (scope: 'admin' | 'jobs:read') =>
      (await keys.create({ name: 'test', scopes: [scope] }, { by: 'test' }))?.key ?? '';
    const [admin, reader] = [await make('admin'), await make('jobs:read')];
    await expect.poll(async () => (await api.fetch('/v1/models')).status).toBe(401); // keys are on
    const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(`me:${key}`).toString('base64')}` });
    expect(await codes(management, board, basic(admin))).toEqual(all(board, '200'));
    expect(await codes(management, board, { authorization: `Bearer ${admin}` })).toEqual(all(board, '200'));
    expect(await codes(management, board, basic(reader))).toEqual(all(board, '403 forbidden_scope'));
    expect(await codes(management, board, basic('me'))).toEqual(all(board, '401 unauthorized'));
    expect((await fetch(`${management}/queues/`)).headers.get('www-authenticate')).toMatch(/^Basic /);
    expect((await api.fetch('/v1/models', { headers: basic(admin) })).status).toBe(401);
    expect(await codes(management, ['/metrics', '/v1/workers/targets'])).toEqual([
      '/metrics 200',
      '/v1/workers/targets 200',
    ]);
  });
});
