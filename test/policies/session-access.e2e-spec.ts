import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PolicySessionList } from '#contract';
import { GuardedApi, keyId } from '../access/guarded-api.js';
import { redisAvailable } from '../redis.js';
import { bytesOf, ndarray, PolicyClient } from './policy-client.js';

const infer = { state: ndarray([1, 2, 3]) };

describe.skipIf(!redisAvailable)('A session of the policy socket with keys', () => {
  let guarded: GuardedApi;
  beforeAll(async () => {
    guarded = await GuardedApi.startWithWorker();
  });
  afterAll(() => guarded.stop());

  const connect = async (authorization?: string) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const client = await PolicyClient.connect(`${guarded.api.url}/v1/policies/tiny`, { headers });
    await client.next();
    return client;
  };

  it.each(['Api-Key', 'Bearer'])('opens with a key after %s', async (scheme) => {
    const client = await connect(`${scheme} ${await guarded.issue()}`);
    expect(bytesOf(await client.ask(infer))).toHaveLength(32);
    client.close();
  });

  it('does not open without a key, with a wrong one, or with one that may not submit', async () => {
    const reader = await guarded.issue({ scopes: ['jobs:read', 'train', 'models:write'] });
    await expect(connect()).rejects.toThrow(/^401 .*"unauthorized"/);
    await expect(connect(`Api-Key ${reader}x`)).rejects.toThrow(/^401 .*"unauthorized"/);
    await expect(connect(`Api-Key ${reader}`)).rejects.toThrow(/^403 .*"forbidden_scope"/);
  });

  it("does not find another owner's model", async () => {
    const key = await guarded.issue({ scopes: ['jobs:write', 'jobs:read'] });
    await expect(connect(`Api-Key ${key}`)).rejects.toThrow(/^404 .*"model_not_found"/);
  });

  it('is shown to its owner and to administrators, and to nobody else', async () => {
    const client = await connect(`Api-Key ${await guarded.issue({ owner: 'hers' })}`);
    const seenBy = async (key: Parameters<GuardedApi['headers']>[0]) => {
      const response = await guarded.api.fetch('/v1/policy-sessions', { headers: await guarded.headers(key) });
      const { items } = PolicySessionList.parse(await response.json());
      return items.filter(({ owner }) => owner === 'hers').length;
    };
    expect(await seenBy({ scopes: ['jobs:read'], owner: 'hers' })).toBe(1);
    expect(await seenBy({ scopes: ['admin'] })).toBe(1);
    expect(await seenBy({ scopes: ['jobs:read'], owner: 'his' })).toBe(0);
    client.close();
  });

  it('ends with 1008 when its key is revoked, whether it asks for anything or not', async () => {
    const key = await guarded.issue();
    const [idle, busy] = [await connect(`Api-Key ${key}`), await connect(`Api-Key ${key}`)];
    await guarded.keys.revoke(keyId(key), { by: 'test' });
    expect((await idle.closed).code).toBe(1008);
    if (busy.socket.readyState === busy.socket.OPEN) busy.send(infer);
    expect((await busy.closed).code).toBe(1008);
    expect([idle.received.at(-1), busy.received.at(-1)]).toEqual(
      Array(2).fill(expect.stringMatching(/^(key_revoked|unauthorized): /)),
    );
  });

  it('counts each observation as a request of its key', async () => {
    const key = await guarded.issue({ limits: { requestsPerSecond: 3 } });
    const client = await connect(`Api-Key ${key}`);
    let [reply, answered] = [await client.ask(infer), 0];
    for (; typeof reply !== 'string' && answered < 100; answered++) reply = await client.ask(infer);
    expect(reply).toMatch(/^rate_limited: /);
    expect((await client.closed).code).toBe(1011);
  });
});
