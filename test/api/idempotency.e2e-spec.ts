import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BulkSamplingResult, SamplingJob, SamplingJobData } from '#contract';
import { JobEvents, Keys } from '#queue';
import { eventLine } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { playedResult, playWorker, TestApi } from './test-api.js';

const JOBS = '/v1/sampling-jobs';
const HOUR_MS = 3_600_000;

describe.skipIf(!redisAvailable)('A job with an Idempotency-Key', () => {
  const keys = new Keys();
  const body = { model: 'tiny', observations: [[1, 2, 3]] };
  let api: TestApi;
  let redis: Redis;

  beforeAll(async () => {
    api = await TestApi.start();
    redis = new Redis(api.redis.url);
  });
  afterAll(async () => {
    redis?.disconnect();
    await api?.stop();
  });

  const submit = async (key: string, change: object = {}, headers: Record<string, string> = {}) => {
    const response = await api.post(JOBS, { ...body, ...change }, { 'idempotency-key': key, ...headers });
    return { response, job: SamplingJob.parse(await response.json()) };
  };
  const submitBatch = async (key: string, ...requests: object[]) => {
    const response = await api.post(`${JOBS}/batch`, { requests }, { 'idempotency-key': key });
    return BulkSamplingResult.parse(await response.json()).items.map(({ job }) => job?.id);
  };

  it('is published as queued once for 50 parallel requests, and not again after its end', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => submit('fifty')));
    const [id = ''] = new Set(answers.map(({ job }) => job.id));
    expect(answers.map(({ job }) => job.id)).toEqual(answers.map(() => id));
    expect(answers.filter(({ response }) => !response.headers.has('idempotency-replayed'))).toHaveLength(1);
    const worker = await playWorker(api.redis.url, (job) =>
      Promise.resolve(playedResult(SamplingJobData.parse(job.data))),
    );
    await submit('fifty', {}, { prefer: 'wait=30' });
    await Promise.all(Array.from({ length: 50 }, () => submit('fifty')));
    await worker.close();
    const events = await new JobEvents(redis).read(id);
    expect(events.map(({ event }) => event.type)).toEqual(['queued', 'succeeded']);
  });

  it('is found again after its model was deleted', async () => {
    await api.publish('leaving', {});
    const { job } = await submit('leaving', { model: 'leaving' });
    expect((await api.fetch('/v1/models/leaving/versions/1', { method: 'DELETE' })).status).toBe(204);
    const { job: again, response } = await submit('leaving', { model: 'leaving' });
    expect(again.id).toBe(job.id);
    expect(response.headers.get('idempotency-replayed')).toBe('true');
  });

  it('in a batch is another one than that of a single request whose key reads like its place', async () => {
    const { job: before } = await submit('B#0');
    const [first, second] = await submitBatch('B', body, body);
    const { job: after } = await submit('B#1');
    expect(new Set([before.id, first, second, after.id]).size).toBe(4);
    expect(await submitBatch('B', body, body)).toEqual([first, second]);
  });

  it('is found for a day, although the API was killed in the midst of its answers', async () => {
    const other = api.again();
    const { url } = (await other.untilLine((line) => eventLine(line, 'ready'))) as { url: string };
    const acknowledged = new Map<string, string>();
    const post = async (key: string): Promise<void> => {
      const response = await fetch(`${url}${JOBS}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
      });
      acknowledged.set(key, SamplingJob.parse(await response.json()).id);
      if (acknowledged.size === 30) void other.kill();
    };
    await Promise.allSettled(Array.from({ length: 200 }, (_, i) => post(`killed-${i}`)));
    await other.exited;
    expect(acknowledged.size).toBeGreaterThanOrEqual(30);
    const ages = [...acknowledged.keys()].map((key) => redis.pttl(keys.idempotency('anonymous:sampling', key)));
    expect(Math.min(...(await Promise.all(ages)))).toBeGreaterThan(23 * HOUR_MS);
    for (const [key, id] of acknowledged) expect((await submit(key)).job.id).toBe(id);
  });
});
