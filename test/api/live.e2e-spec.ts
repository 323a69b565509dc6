import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { LiveSnapshot, SamplingJob } from '#contract';
import { ApiKeys, Keys, WorkerHeartbeats, workerConnection } from '#queue';
import { redisAvailable } from '../redis.js';
import { workerInfo } from '../worker-info.js';
import { TestApi } from './test-api.js';

describe.skipIf(!redisAvailable)('GET /v1/live', () => {
  let api: TestApi;
  let redis: Redis;
  beforeAll(async () => {
    api = await TestApi.start();
    redis = new Redis(api.redis.url, workerConnection);
  });
  afterAll(async () => {
    redis.disconnect();
    await api.stop();
  });

  /** The feed, which has begun. */
  async function open(headers: Record<string, string> = {}): Promise<Response> {
    const response = await api.fetch('/v1/live', { headers });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    return response;
  }

  /** The events of a feed until one of them suits; then it is left. */
  async function watchUntil(
    suits: (type: string, data: unknown) => boolean,
    feed: Response | Promise<Response> = open(),
  ): Promise<unknown> {
    const { body } = await feed;
    const events = body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { event = '', data } of events ?? []) {
      const parsed: unknown = JSON.parse(data);
      if (suits(event, parsed)) return parsed;
    }
    throw new Error('the stream ended before');
  }

  it('shows the queues by class and how long their first jobs have waited', async () => {
    const body = { model: 'tiny', observations: [[1, 2, 3]] };
    const submit = async (priority: string) =>
      SamplingJob.parse(await (await api.post('/v1/sampling-jobs', { ...body, priority })).json());
    await submit('bulk');
    await submit('bulk');
    await submit('interactive');
    const snapshot = LiveSnapshot.parse(await watchUntil((type) => type === 'snapshot'));
    const { interactive, normal, bulk } = snapshot.queues.sampling.waiting;
    expect([interactive.jobs, normal.jobs, bulk.jobs]).toEqual([1, 0, 2]);
    expect(normal.oldestSeconds).toBeNull();
    expect(bulk.oldestSeconds).toBeGreaterThanOrEqual(interactive.oldestSeconds ?? Number.NaN);
    expect(snapshot.queues.training).toMatchObject({ active: 0, delayed: 0 });
  });

  it('shows workers, those of an older release by their last minute, and asks all to say what they do', async () => {
    const subscriber = new Redis(api.redis.url, workerConnection);
    const asked = once(subscriber, 'message');
    await subscriber.subscribe(new Keys().watchChannel);
    const stepSeconds = { p50: 1, p95: 2, p99: 3 };
    const recent = { seconds: 10, rowStepsPerSecond: 90, samplesPerSecond: 9, rowsPerStep: 3, stepSeconds };
    const threads = [0.5, 1].map((occupancyRatio, thread) => ({ thread, status: 'busy' as const, occupancyRatio }));
    const heartbeats = new WorkerHeartbeats(redis);
    await heartbeats.write(workerInfo('a', { rowsRunning: 5, recent: { ...recent, threads } }));
    const { recent: _, ...old } = workerInfo('b', {
      samplesPerSecond: 1,
      stepSeconds: { ...stepSeconds, p95: 5, count: 7 },
    });
    await redis.set(new Keys().worker('b'), JSON.stringify(old));
    await redis.sadd(new Keys().workers, 'b');
    const hasBoth = (_type: string, data: unknown) => LiveSnapshot.safeParse(data).data?.workersLive === 2;
    const snapshot = LiveSnapshot.parse(await watchUntil(hasBoth));
    expect(snapshot).toMatchObject({ samplesPerSecond: 10, rowStepsPerSecond: 90, rowsPerStep: 3, rowsRunning: 5 });
    expect(snapshot.stepSeconds).toEqual({ p50: 1, p95: 5, p99: 3 });
    expect(snapshot.workers?.map(({ id, loadRatio }) => [id, loadRatio])).toEqual([
      ['a', 0.75],
      ['b', null],
    ]);
    await asked;
    subscriber.disconnect();
  });

  it('needs a key that may read jobs once there are keys, and shows workers to those for everything', async () => {
    const keys = new ApiKeys(redis);
    const make = async (scope: 'admin' | 'jobs:read' | 'train') => {
      const issued = await keys.create({ name: 'test', scopes: [scope] }, { by: 'test' });
      return { id: issued?.id ?? '', headers: { authorization: `Bearer ${issued?.key}` } };
    };
    const opened = watchUntil((type) => type === 'refused', await open());
    const [admin, reader, other] = [await make('admin'), await make('jobs:read'), await make('train')];
    await expect.poll(async () => (await api.fetch('/v1/live')).status).toBe(401);
    expect(await opened).toMatchObject({ code: 'unauthorized' }); // who came before there were keys
    expect((await api.fetch('/v1/live', { headers: other.headers })).status).toBe(403);
    const isSnapshot = (type: string) => type === 'snapshot';
    expect(await watchUntil(isSnapshot, open(reader.headers))).toMatchObject({ workers: null });
    expect(await watchUntil(isSnapshot, open(admin.headers))).toMatchObject({ workers: expect.any(Array) });
    const revoked = watchUntil((type) => type === 'refused', await open(reader.headers));
    await keys.revoke(reader.id, { by: 'test' });
    expect(await revoked).toMatchObject({ code: 'key_revoked' });
  });
});
