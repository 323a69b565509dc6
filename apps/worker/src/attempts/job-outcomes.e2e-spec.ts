import { Queue, UnrecoverableError, Worker, type Job, type JobsOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  encodeTensor,
  JobEvents,
  Keys,
  queueOptions,
  QueueShard,
  Shards,
  workerOptions,
  type JobOutcome,
} from '#queue';
import { newJobId } from '#contract';
import { JobMetrics } from '#metrics';
import { createWorkerRedis, redisAddress } from '#server';
import { JobOutcomes } from './job-outcomes.js';
import { redisAvailable, startRedis, type TestRedis } from '../../../../test/redis.js';
import { until } from '../../../../test/until.js';

describe.skipIf(!redisAvailable)('The outcome of a job', () => {
  let server: TestRedis;
  let redis: Redis;
  let subscriber: Redis;
  let shards: Shards<QueueShard>;
  let ends: QueueShard['ends'];
  let queue: Queue;
  let registry: Registry;
  let jobId = '';
  const workers: Worker[] = [];
  const heard = new Map<string, JobOutcome | undefined>();

  beforeAll(async () => {
    server = await startRedis();
    redis = createWorkerRedis(redisAddress({ REDIS_URL: server.url }));
    subscriber = createWorkerRedis(redisAddress({ REDIS_URL: server.url }));
    shards = new Shards(1, () => new QueueShard({ redis, subscriber }));
    [{ ends }] = shards.all;
    queue = new Queue('sampling', { ...queueOptions, connection: redis });
    await ends.subscribe('sampling', { onEnd: (id, read) => heard.set(id, read()), onSubscribed: () => undefined });
  });
  beforeEach(() => {
    jobId = newJobId('sampling');
    registry = new Registry();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all(workers.splice(0).map((worker) => worker.close(true)));
  });
  afterAll(async () => {
    await queue?.close();
    redis?.disconnect();
    subscriber?.disconnect();
    await server?.stop();
  });

  /** A worker whose outcomes are watched, with a job of its own. */
  async function work(
    process: (job: Job) => Promise<unknown>,
    data: object = {},
    options: JobsOptions = {},
  ): Promise<Worker> {
    const worker = new Worker('sampling', process, { ...workerOptions.sampling, connection: redis, autorun: false });
    workers.push(worker);
    new JobOutcomes(shards, new JobMetrics(registry)).watch(worker, 'sampling');
    await queue.add('sampling', data, { jobId, ...options });
    void worker.run();
    return worker;
  }
  const untilPublished = () => until('the end is published', () => Promise.resolve(heard.has(jobId) || undefined));
  const untilCounted = (labels: object) =>
    until('the job is counted', async () => {
      const [metric] = (await registry.getMetricsAsJSON()).filter(({ name }) => name === 'stride_jobs_finished_total');
      return metric?.values.some((value) => expect.objectContaining(labels).asymmetricMatch(value.labels)) || undefined;
    });

  it('is published once as it is on record, and is counted', async () => {
    await work(() => Promise.resolve({ text: 'é' }));
    await untilPublished();
    const { processedOn, finishedOn } = (await queue.getJob(jobId)) ?? {};
    const times = { startedAt: processedOn, finishedAt: finishedOn };
    expect(heard.get(jobId)).toEqual({ ...times, attempts: 1, returnValue: { text: 'é' } });
    await untilCounted({ kind: 'sampling', status: 'succeeded' });
    const events = await new JobEvents(redis).read(jobId);
    expect(events.map(({ event }) => event.type)).toEqual(['succeeded']);
  });

  it('is counted without its times when the queue names a job that is not there', async () => {
    const worker = await work(() => Promise.reject(new UnrecoverableError('there is nothing to do')));
    await untilPublished();
    const dangling = newJobId('sampling');
    await redis.lpush('{stride}:sampling:wait', dangling);
    await redis.zadd('{stride}:sampling:marker', 0, '0'); // what wakes a worker
    await until('it is counted', async () => {
      const refused = 'stride_metric_values_refused_total{metric="stride_job_queue_seconds"} 1';
      return (await registry.metrics()).includes(refused) || undefined;
    });
    expect(worker.isRunning()).toBe(true);
  });

  it('is published with its record, even if the answer never comes', async () => {
    const succeed = ends.succeed.bind(ends);
    vi.spyOn(ends, 'succeed').mockImplementation(async (...success) => {
      await succeed(...success);
      return new Promise(() => undefined);
    });
    await work(() => Promise.resolve('done'));
    await untilPublished();
    expect(heard.get(jobId)).toMatchObject({ returnValue: 'done' });
  });

  it('is published after its record when it could not be published with it', async () => {
    const ledger = new Keys().ledger(jobId);
    await redis.set(ledger, 'no ledger');
    const publish = ends.publish.bind(ends);
    vi.spyOn(ends, 'publish').mockImplementationOnce(async (...end) => {
      await redis.del(ledger);
      return publish(...end);
    });
    await work(() => Promise.resolve('done'));
    await untilPublished();
    expect(heard.get(jobId)).toMatchObject({ returnValue: 'done' });
  });

  it.each([
    ['success', () => Promise.resolve('done')],
    ['last failure', () => Promise.reject(new UnrecoverableError('broken'))],
  ])('takes the bytes of its inputs with it: %s', async (_what, process) => {
    const observations = encodeTensor({ shape: [8, 64], data: new Float32Array(512) });
    await work(process, { request: { observations }, seed: 7 });
    await untilPublished();
    const job = await queue.getJob(jobId);
    expect(job?.data).toEqual({ request: { observations: { ...observations, data: '' } }, seed: 7 });
  });

  it('leaves a job its inputs as long as it will be tried again', async () => {
    const observations = encodeTensor({ shape: [8, 64], data: new Float32Array(512) });
    const seen: unknown[] = [];
    const process = (job: Job) => {
      seen.push(job.data);
      return seen.length === 1 ? Promise.reject(new Error('again')) : Promise.resolve('done');
    };
    await work(process, { request: { observations } }, { attempts: 2 });
    await untilPublished();
    expect(seen).toEqual([{ request: { observations } }, { request: { observations } }]);
  });

  it.each([
    [
      'another worker has the job',
      (): Promise<unknown> => redis.set(new Keys().lock('sampling', jobId), 'another'),
      -6,
    ],
    ['its lock has run out', (): Promise<unknown> => redis.del(new Keys().lock('sampling', jobId)), -2],
  ])('is neither recorded nor published when %s', async (_what, lose, code) => {
    const worker = await work(async () => {
      await lose();
      return 'late';
    });
    const error = await new Promise((resolve) => worker.once('error', resolve));
    expect(error).toMatchObject({ code });
    expect(await new JobEvents(redis).read(jobId)).toEqual([]);
    expect(await queue.getJobState(jobId)).toBe('active');
    expect(await redis.hget(new Keys().job('sampling', jobId), 'returnvalue')).toBeNull();
  });
});
