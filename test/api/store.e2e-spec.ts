import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '#contract';
import { ApiKeys, workerConnection } from '#queue';
import { openStore, type Store } from '#storage';
import { describeStore } from '../../libs/storage/testing/describe-store.js';
import { eventLine } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { TestApi } from './test-api.js';

describe.skipIf(!redisAvailable)('The store through the API', () => {
  let api: TestApi;
  let redis: Redis;
  let key: string;
  let caches: string[] = [];
  const make = async (...scopes: Scope[]) =>
    (await new ApiKeys(redis).create({ name: 'worker', scopes }, { by: 'test' }))?.key ?? '';

  beforeAll(async () => {
    api = await TestApi.start(undefined, { STRIDE_REQUIRE_AUTH: 'true' });
    redis = new Redis(api.redis.url, workerConnection);
    key = await make('store');
  });
  afterAll(async () => {
    redis.disconnect();
    for (const cache of caches) rmSync(cache, { recursive: true });
    caches = [];
    await api.stop();
  });

  /** The store as a worker of another machine sees it, which shares no directory with anybody. */
  function open(apiKey = key, url = api.url): Store {
    const cache = mkdtempSync(join(tmpdir(), 'stride-cache-'));
    caches.push(cache);
    return openStore(url, { cache, key: apiKey });
  }

  describeStore('an API', () => {
    const names = readdirSync(api.directory).filter((name) => name !== 'installation.json');
    for (const name of names) rmSync(join(api.directory, name), { recursive: true });
    const mine = open();
    return { open: () => openStore(mine.location, { cache: caches.at(-1) ?? '', key }), close: () => undefined };
  });

  it.each([
    ['no key', () => Promise.resolve(undefined), /does not accept STRIDE_ARTIFACTS_KEY/],
    ['a key that is none', () => Promise.resolve('stride_x'), /does not accept STRIDE_ARTIFACTS_KEY/],
    ['a key of another scope', () => make('jobs:read', 'jobs:write', 'train', 'models:write'), /lacks the scope store/],
  ])('opens to nobody with %s, and shows no key in what it says', async (_, of, message) => {
    const wrong = await of();
    const cache = caches.at(-1) ?? '';
    const store = openStore(api.url, wrong === undefined ? { cache } : { cache, key: wrong });
    for (const call of [() => store.check(), () => store.records.read('a.json'), () => store.blobs.put(Buffer.of(1))]) {
      const error: unknown = await call().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'artifact_store_error' });
      expect(String(error)).toMatch(message);
      expect(String(error)).not.toContain(wrong ?? 'stride_');
    }
  });

  it('stores nothing of bytes that hash to something else than their address', async () => {
    const sha256 = createHash('sha256').update('other').digest('hex');
    const response = await api.fetch(`/v1/store/blobs/${sha256}`, {
      method: 'PUT',
      body: 'bytes',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream' },
    });
    expect([response.status, await response.text()]).toEqual([422, expect.stringContaining('digest_mismatch')]);
    expect(await open().blobs.stat(sha256)).toBeUndefined();
  });

  it('lets a worker wait while the API restarts, in the middle of what it writes', async () => {
    const first = api.again({ STRIDE_REQUIRE_AUTH: 'true' });
    const url = String((await first.untilLine((line) => eventLine(line, 'ready'))).url);
    const store = open(key, url);
    const bytes = randomBytes(32 * 1_048_576);
    const putting = store.blobs.put(bytes);
    await first.kill();
    const writing = store.records.write('models/pens/version-1.json', '{"version":1}', 'absent');
    const next = api.again({ STRIDE_PORT: new URL(url).port, STRIDE_REQUIRE_AUTH: 'true' });
    try {
      await next.untilLine((line) => eventLine(line, 'ready'));
      const { sha256 } = await putting;
      expect(await writing).toBeDefined();
      expect(bytes.equals((await open().blobs.get(sha256)) ?? Buffer.of())).toBe(true);
      expect((await store.records.read('models/pens/version-1.json'))?.text).toBe('{"version":1}');
    } finally {
      await next.stop();
    }
  });
});
