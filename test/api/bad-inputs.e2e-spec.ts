import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisAvailable } from '../redis.js';
import { head, JOBS, pairs, put, type Answer, type BadInput } from './bad-inputs/bad-input.js';
import { ids } from './bad-inputs/ids.js';
import { json } from './bad-inputs/json.js';
import { protocol } from './bad-inputs/protocol.js';
import { samplingRequests } from './bad-inputs/sampling.js';
import { trainingRequests } from './bad-inputs/training.js';
import { uploads } from './bad-inputs/uploads.js';
import { webhooks } from './bad-inputs/webhooks.js';
import { sendRaw } from './raw-http.js';
import { TestApi } from './test-api.js';

describe.skipIf(!redisAvailable)('Bad input', () => {
  let api: TestApi;
  let redis: Redis;
  let keysBefore: string[];
  let endless: Promise<Answer>;

  beforeAll(async () => {
    api = await TestApi.start();
    redis = new Redis(api.redis.url);
    const stored = await put('/v1/datasets/pairs', pairs([8, 3], [8, 4, 2]))(api);
    expect(stored?.status).toBe(201);
    keysBefore = await ownKeys(redis);
    endless = sendRaw(api.url, head('POST', JOBS, 'Transfer-Encoding: chunked'), '1\r\n{\r\n');
  });

  afterAll(async () => {
    redis.disconnect();
    await api.stop(); // throws when anything escaped the process
  });

  const groups: readonly (readonly [name: string, rows: readonly BadInput[]])[] = [
    ['of the protocol', protocol],
    ['in JSON', json],
    ['in a sampling request', samplingRequests],
    ['in a training request', trainingRequests],
    ['in ids, keys and queries', ids],
    ['in an upload', uploads],
    ['in a webhook', webhooks],
  ];
  for (const [group, rows] of groups) {
    describe(group, () => {
      for (const [name, sendIt, status, code, path] of rows) {
        it(`${name} is refused`, async () => {
          const answer = await sendIt(api);
          expect(answer).toMatchObject({ status, body: { status, code } });
          if (path !== undefined && path !== '') expect(pathsOf(answer)).toContain(path);
        });
      }
    });
  }

  it('a body that never ends is refused after 30 s', async () => {
    expect(await endless).toMatchObject({ status: 408, body: { code: 'request_timeout' } });
  });

  it('leaves the process alive, and nothing behind in Redis or on disk', async () => {
    expect((await api.fetch('/health/ready')).status).toBe(200);
    expect(await ownKeys(redis)).toEqual(keysBefore);
    expect(existsSync(join(api.directory, 'tmp')) ? readdirSync(join(api.directory, 'tmp')) : []).toEqual([]);
    expect(existsSync(join(api.directory, 'datasets', 'refused.json'))).toBe(false);
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });
});

/** All keys but those that BullMQ's worker of the deliveries writes by itself, at times of its own. */
async function ownKeys(redis: Redis): Promise<string[]> {
  const keys = await redis.keys('*');
  return keys.filter((key) => !/:webhooks:(?:events|marker|stalled-check)$/.test(key)).sort();
}

function pathsOf(answer: Answer): unknown[] {
  const body: unknown = answer?.body;
  if (typeof body !== 'object' || body === null || !('errors' in body) || !Array.isArray(body.errors)) return [];
  return body.errors.map(({ path }: { path: string }) => path);
}
