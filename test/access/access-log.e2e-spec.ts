import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sendRaw } from '../api/raw-http.js';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';
import { GuardedApi } from './guarded-api.js';

const Refusal = z.object({ requestId: z.string(), code: z.string() });
type Line = Readonly<Record<string, unknown>>;

describe.skipIf(!redisAvailable)('The log', () => {
  let guarded: GuardedApi;

  beforeAll(async () => {
    guarded = await GuardedApi.start({ STRIDE_ACCESS_LOG: 'true' });
  });
  afterAll(() => guarded.stop());

  const linesOf = (context: string): Line[] =>
    guarded.api.process.lines
      .filter((line) => line.startsWith('{'))
      .map((line): Line => JSON.parse(line))
      .filter((line) => line.context === context);
  const lineOf = (context: string, requestId: string): Promise<Line> =>
    until(`the line of ${requestId}`, () =>
      Promise.resolve(linesOf(context).find((line) => line.requestId === requestId)),
    );

  it('has a line for each answer: which request, by which key, for which route, and what came of it', async () => {
    const key = await guarded.issue();
    const headers = { authorization: `Bearer ${key}`, 'x-request-id': 'mine-1' };
    const answer = await guarded.api.fetch('/v1/models/tiny?secret=s3cret', { headers });
    const { length } = await answer.text();
    const line = await lineOf('access', 'mine-1');
    expect(line).toMatchObject({
      level: 'log',
      role: 'api',
      method: 'GET',
      route: '/v1/models/:name',
      status: 200,
      message: 'GET /v1/models/:name 200',
    });
    expect(key).toContain(String(line.keyId));
    expect(Number(line.bytes)).toBeGreaterThan(length);
    expect(Number(line.ms)).toBeGreaterThan(0);
  });

  it('holds no text of a client, however it is put, and no secret', async () => {
    const key = await guarded.issue();
    const forged = 'forged\n{"level":"fatal"}';
    const headers = {
      authorization: `Bearer ${key}`,
      'x-request-id': 'no spaces please',
      'user-agent': 's3cret-agent',
    };
    const paths = [`/v1/models/${encodeURIComponent(forged)}`, '/s3cret-path', '/v1/models?limit=s3cret-query'];
    for (const path of paths) await guarded.api.fetch(path, { headers });
    await guarded.api.fetch('/v1/models', { headers: { authorization: 'Bearer s3cret-key', 'x-request-id': 'last' } });
    const { keyId } = await lineOf('access', 'last');
    expect(keyId).toBeUndefined(); // it was not let in
    const text = guarded.api.process.lines.join('\n');
    const secret = key.slice(key.lastIndexOf('_') + 1);
    expect(['forged', 's3cret', 'no spaces', secret].filter((part) => text.includes(part))).toEqual([]);
    expect(linesOf('access').map(({ route }) => route)).toContain('none');
  });

  it('names the id of every refusal, also of what never became a request', async () => {
    const answer = await sendRaw(guarded.api.url, 'this is no HTTP\r\n\r\n');
    const { requestId, code } = Refusal.parse(answer?.body);
    expect(await lineOf('http', requestId)).toMatchObject({ status: 400, code });
    const refused = await guarded.api.fetch('/v1/models');
    expect(await lineOf('http', refused.headers.get('x-request-id') ?? '')).toMatchObject({ status: 401 });
  });
});
