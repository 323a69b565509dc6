import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GuardedApi } from '../access/guarded-api.js';
import { redisAvailable } from '../redis.js';

const MODEL = '/v2/models/tiny';
const inference = { inputs: [{ name: 'observations', shape: [1, 3], datatype: 'FP32', data: [1, 2, 3] }] };

describe.skipIf(!redisAvailable)('An inference with keys', () => {
  let guarded: GuardedApi;
  beforeAll(async () => {
    guarded = await GuardedApi.startWithWorker();
  });
  afterAll(() => guarded.stop());

  /** Status and refusal of what is asked with these headers. */
  const infer = async (headers: Record<string, string>) => {
    const response = await guarded.api.post(`${MODEL}/infer`, inference, headers);
    const { error = '' }: { error?: string } = JSON.parse(await response.text());
    return `${response.status} ${error.split(':', 1)[0]}`.trim();
  };

  it('needs a key that may submit', async () => {
    expect(await infer({})).toBe('401 unauthorized');
    expect(await infer(await guarded.headers({ scopes: ['jobs:read'] }))).toBe('403 forbidden_scope');
    expect(await infer(await guarded.headers())).toBe('200');
  });

  it("does not find another owner's model", async () => {
    expect(await infer(await guarded.headers({ scopes: ['jobs:read', 'jobs:write'] }))).toBe('404 model_not_found');
  });

  it('shows models to whoever may read, and itself to everybody', async () => {
    const status = async (path: string, headers = {}) => (await guarded.api.fetch(path, { headers })).status;
    expect([await status('/v2'), await status('/v2/health/ready'), await status(MODEL)]).toEqual([200, 200, 401]);
    expect(await status(MODEL, await guarded.headers())).toBe(200);
  });

  it('counts as a request of its key', async () => {
    const headers = await guarded.headers({ limits: { requestsPerSecond: 3 } });
    const answers = await Promise.all(Array.from({ length: 40 }, () => infer(headers)));
    expect(answers.filter((answer) => answer === '429 rate_limited').length).toBeGreaterThan(0);
    expect(new Set(answers)).toEqual(new Set(['200', '429 rate_limited']));
  });
});
