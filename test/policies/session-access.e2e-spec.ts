import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiKeyLimits, Scope } from '#contract';
import { ApiKeys, workerConnection } from '#queue';
import { playedResult, playWorker, TestApi } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { bytesOf, ndarray, PolicyClient } from './policy-client.js';

const infer = { state: ndarray([1, 2, 3]) };

describe.skipIf(!redisAvailable)('A session of the policy socket with keys', () => {
  let api: TestApi;
  let redis: Redis;
  let keys: ApiKeys;
  let worker: Awaited<ReturnType<typeof playWorker>>;
  beforeAll(async () => {
    api = await TestApi.start(undefined, { STRIDE_REQUIRE_AUTH: 'true' });
    redis = new Redis(api.redis.url, workerConnection);
    keys = new ApiKeys(redis);
    worker = await playWorker(api.redis.url, (job) => Promise.resolve(playedResult(job.data)));
  });
  afterAll(async () => {
    redis.disconnect();
    await worker.close();
    await api.stop();
  });

  const issue = async (scopes: readonly Scope[], limits?: ApiKeyLimits) => {
    const issued = await keys.create({ name: 'robot', scopes: [...scopes] }, { by: 'test' });
    const { id = '', key = '' } = issued ?? {};
    if (limits !== undefined) await keys.limit(id, limits, { by: 'test' });
    return { id, key };
  };
  const connect = async (authorization?: string) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const client = await PolicyClient.connect(`${api.url}/v1/policies/tiny`, { headers });
    await client.next();
    return client;
  };

  it.each(['Api-Key', 'Bearer'])('opens with a key after %s', async (scheme) => {
    const { key } = await issue(['admin']);
    const client = await connect(`${scheme} ${key}`);
    expect(bytesOf(await client.ask(infer))).toHaveLength(32);
    client.close();
  });

  it('does not open without a key, with a wrong one, or with one that may not submit', async () => {
    const reader = await issue(['jobs:read', 'train', 'models:write']);
    await expect(connect()).rejects.toThrow(/^401 .*"unauthorized"/);
    await expect(connect(`Api-Key ${reader.key}x`)).rejects.toThrow(/^401 .*"unauthorized"/);
    await expect(connect(`Api-Key ${reader.key}`)).rejects.toThrow(/^403 .*"forbidden_scope"/);
  });

  it("does not find another owner's model", async () => {
    const { key } = await issue(['jobs:write', 'jobs:read']);
    await expect(connect(`Api-Key ${key}`)).rejects.toThrow(/^404 .*"model_not_found"/);
  });

  it('ends with 1008 when its key is revoked, whether it asks for anything or not', async () => {
    const { id, key } = await issue(['admin']);
    const [idle, busy] = [await connect(`Api-Key ${key}`), await connect(`Api-Key ${key}`)];
    await keys.revoke(id, { by: 'test' });
    expect((await idle.closed).code).toBe(1008);
    if (busy.socket.readyState === busy.socket.OPEN) busy.send(infer);
    expect((await busy.closed).code).toBe(1008);
    expect([idle.received.at(-1), busy.received.at(-1)]).toEqual(
      Array(2).fill(expect.stringMatching(/^(key_revoked|unauthorized): /)),
    );
  });

  it('counts each observation as a request of its key', async () => {
    const { key } = await issue(['admin'], { requestsPerSecond: 3 });
    const client = await connect(`Api-Key ${key}`);
    let [reply, answered] = [await client.ask(infer), 0];
    for (; typeof reply !== 'string' && answered < 100; answered++) reply = await client.ask(infer);
    expect(reply).toMatch(/^rate_limited: /);
    expect((await client.closed).code).toBe(1011);
  });
});
