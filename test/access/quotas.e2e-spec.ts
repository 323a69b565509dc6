import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Keys, Quotas, STRIDE_PREFIX } from '#queue';
import { newJobId, SamplingJob, type ApiKeyLimits, type SamplingJobData } from '#contract';
import { encodeNpy, encodeSafetensors } from '#storage';
import { playedResult, playWorker, type TestApi } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';
import { codeOf, GuardedApi } from './guarded-api.js';

/** 3 rows of 10 steps. */
const sampling = { model: 'tiny', observations: [[1, 2, 3]], samplesPerObservation: 3 };
const ROW_STEPS = 30;

describe.skipIf(!redisAvailable)('A key with limits', () => {
  let guarded: GuardedApi;
  let api: TestApi;
  beforeAll(async () => {
    guarded = await GuardedApi.start();
    api = guarded.api;
  });
  afterAll(() => guarded.stop());

  /** Headers of a new key, which may do everything within these limits. */
  const limited = (limits: ApiKeyLimits) => guarded.headers({ limits });

  it('gets 429 rate_limited above its requests per second, whatever address it says that it has', async () => {
    const headers = await limited({ requestsPerSecond: 5 });
    const forged = (i: number) => ({ headers: { ...headers, 'x-forwarded-for': `10.0.0.${i}` } });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => api.fetch('/v1/stats', forged(i))));
    const refused = answers.find(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(30);
    expect(refused?.headers.get('retry-after')).toMatch(/^[12]$/);
    expect(refused?.headers.get('ratelimit-policy')).toBe('"requestsPerSecond";q=5;w=1');
    expect(refused?.headers.get('ratelimit')).toMatch(/^"requestsPerSecond";r=0;t=[12]$/);
    expect(refused && (await codeOf(refused))).toBe('429 rate_limited');
    await until('the second is over', async () =>
      (await api.fetch('/v1/stats', { headers })).status === 200 ? true : undefined,
    );
  });

  it('never gets more than its limit in any second, also where two by the clock meet', async () => {
    const quotas = new Quotas(guarded.redis, `{${randomUUID()}}`);
    const microseconds = async () => Number((await guarded.redis.time())[1]);
    await until('a second is about to end', async () => ((await microseconds()) > 900_000 ? true : undefined));
    const begun = performance.now();
    const taken: number[] = [];
    do {
      const { full } = await quotas.takeRequest('key', { requestsPerSecond: 5 });
      if (full === undefined) taken.push(performance.now());
    } while (performance.now() - begun < 990);
    const together = taken.filter((at) => at - begun < 1_000);
    expect(together).toHaveLength(5);
  });

  it('pays for a training by batch x steps', async () => {
    const headers = await limited({ rowStepsPerDay: 1_000 });
    const dataset = encodeSafetensors([
      { name: 'observations', dtype: 'float32', shape: [4, 3], data: new Float32Array(12) },
      { name: 'actions', dtype: 'float32', shape: [4, 4, 2], data: Float32Array.from({ length: 32 }, (_, i) => i) },
    ]);
    const octets = { ...headers, 'content-type': 'application/octet-stream' };
    const stored = { method: 'PUT', body: new Uint8Array(dataset), headers: octets };
    expect(await codeOf(await api.fetch('/v1/datasets/counted', stored))).toBe('201');
    const train = async (steps: number) => {
      const training = { batchSize: 8, steps, warmupSteps: 0 };
      return codeOf(await api.post('/v1/training-jobs', { model: 'counted', dataset: 'counted', training }, headers));
    };
    expect([await train(126), await train(125), await train(1)]).toEqual([
      '429 quota_exceeded',
      '202',
      '429 quota_exceeded',
    ]);
  });

  it('gets 429 quota_exceeded when its rows x steps are used up, by as many jobs as fit and no more', async () => {
    const headers = await limited({ rowStepsPerDay: 3 * ROW_STEPS + 1 });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.post('/v1/sampling-jobs', sampling, headers)),
    );
    const codes = (await Promise.all(answers.map(codeOf))).sort();
    expect(codes).toEqual([...Array<string>(3).fill('202'), ...Array<string>(5).fill('429 quota_exceeded')]);
    const { items } = JSON.parse(await (await api.fetch('/v1/sampling-jobs', { headers })).text());
    expect(items).toHaveLength(3);
  });

  it('does not pay for a repeat, for a job that is refused, or for one that had another to give way to', async () => {
    const headers = await limited({ rowStepsPerDay: 2 * ROW_STEPS });
    const repeated = { ...headers, 'idempotency-key': 'once' };
    const racing = await Promise.all(
      Array.from({ length: 6 }, () => api.post('/v1/sampling-jobs', sampling, repeated)),
    );
    const ids = await Promise.all(racing.map(async (answer) => SamplingJob.parse(await answer.json()).id));
    expect(new Set(ids).size).toBe(1);
    expect((await api.post('/v1/sampling-jobs', { ...sampling, eta: 9 }, headers)).status).toBe(422);
    expect((await api.post('/v1/sampling-jobs', sampling, headers)).status).toBe(202);
    expect(await codeOf(await api.post('/v1/sampling-jobs', sampling, headers))).toBe('429 quota_exceeded');
  });

  it('may have so many jobs that have not ended, and another one as soon as one has', async () => {
    const headers = await limited({ jobsQueued: 2 });
    const submit = async () => codeOf(await api.post('/v1/sampling-jobs', sampling, headers));
    expect([await submit(), await submit(), await submit()]).toEqual(['202', '202', '429 quota_exceeded']);
    const worker = await playWorker(api.redis.url, (job) => Promise.resolve(playedResult(job.data as SamplingJobData)));
    await until('there is room', async () => ((await submit()) === '202' ? true : undefined));
    await worker.close();
  });

  it('may have so many deliveries of webhooks that wait, and more when some have ended', async () => {
    const headers = await guarded.headers({ owner: 'called' });
    const body = { ...sampling, webhook: { url: 'https://hooks.example.com/' } };
    const submit = async () => codeOf(await api.post('/v1/sampling-jobs', body, headers));
    expect(await codeOf(await api.post('/v1/webhook-secret', {}, headers))).toMatch(/^20/);
    const queue = new Queue('webhooks', { prefix: STRIDE_PREFIX, connection: guarded.redis });
    const jobs = Array.from({ length: 10_000 }, () => newJobId('sampling'));
    const waiting = (jobId: string) => ({
      name: 'delivery',
      data: {},
      opts: { jobId: `whk_${jobId}`, delay: 3_600_000 },
    });
    await queue.addBulk(jobs.map(waiting));
    const [first = '', ...others] = jobs;
    await guarded.redis.sadd(new Keys().waitingDeliveries('called'), ...others);
    expect(await submit()).toBe('202');
    await guarded.redis.sadd(new Keys().waitingDeliveries('called'), first);
    await queue.remove(`whk_${first}`);
    expect(await submit()).toBe('202'); // one of them is none any more
    await guarded.redis.sadd(new Keys().waitingDeliveries('called'), first);
    expect(await submit()).toBe('429 too_many_deliveries');
    expect(await codeOf(await api.post('/v1/sampling-jobs', sampling, headers))).toBe('202');
    await queue.close();
  });

  it('may store so many bytes, of which equal ones count once', async () => {
    const tensor = (value: number) =>
      new Uint8Array(encodeNpy({ dtype: 'float32', shape: [1, 3], data: Float32Array.of(value, 2, 3) }));
    const headers = await limited({ bytes: 2 * tensor(1).length });
    const put = async (value: number) =>
      codeOf(
        await api.fetch('/v1/artifacts', {
          method: 'PUT',
          body: tensor(value),
          headers: { ...headers, 'content-type': 'application/octet-stream' },
        }),
      );
    expect([await put(1), await put(1), await put(2), await put(3)]).toEqual([
      '201',
      '201',
      '201',
      '429 quota_exceeded',
    ]);
  });

  it('is changed, rotated and revoked over HTTP by an admin, which every process heeds, and all of it is on record', async () => {
    const headers = await limited({});
    const make = { name: 'robot', scopes: ['jobs:read'], owner: 'plant' };
    const made: { id: string; key: string } = JSON.parse(await (await api.post('/v1/keys', make, headers)).text());
    const look = async (key: string) =>
      codeOf(await api.fetch('/v1/models', { headers: { authorization: `Bearer ${key}` } }));
    expect(await look(made.key)).toBe('200');
    const rotated: { key: string } = JSON.parse(
      await (await api.post(`/v1/keys/${made.id}/rotate`, { overlapSeconds: 3_600 }, headers)).text(),
    );
    await expect.poll(() => look(rotated.key)).toBe('200'); // once Redis' message is there
    expect(await look(made.key)).toBe('200');
    const again: { key: string } = JSON.parse(
      await (await api.post(`/v1/keys/${made.id}/rotate`, { overlapSeconds: 0 }, headers)).text(),
    );
    await expect.poll(() => look(rotated.key)).toBe('401 key_expired');
    expect(await look(made.key)).toBe('401 unauthorized');
    expect(await look(again.key)).toBe('200');
    await api.fetch(`/v1/keys/${made.id}/revoke`, { method: 'POST', headers });
    await expect.poll(() => look(again.key)).toBe('401 key_revoked');
    const audit: { items: { action: string; key: string; by: string }[] } = JSON.parse(
      await (await api.fetch('/v1/keys/audit', { headers })).text(),
    );
    const actions = audit.items.filter(({ key }) => key === made.id).map(({ action }) => action);
    expect(actions).toEqual(['revoke', 'rotate', 'rotate', 'create']);
    const listed: { items: { id: string; revokedAt: string | null }[] } = JSON.parse(
      await (await api.fetch('/v1/keys', { headers })).text(),
    );
    expect(listed.items.find(({ id }) => id === made.id)?.revokedAt).not.toBeNull();
    expect(await codeOf(await api.fetch('/v1/keys/nobody00/revoke', { method: 'POST', headers }))).toBe(
      '404 not_found',
    );
  });

  it('that has expired is refused as such', async () => {
    const issued = await guarded.keys.create(
      { name: 'old', scopes: ['admin'], expiresInSeconds: 1 },
      { by: 'test', now: 1_000 },
    );
    const headers = { authorization: `Bearer ${issued?.key}` };
    expect(await codeOf(await api.fetch('/v1/models', { headers }))).toBe('401 key_expired');
  });
});
