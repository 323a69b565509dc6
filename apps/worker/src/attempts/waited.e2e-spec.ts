import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue, Worker, type Job } from 'bullmq';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Engine, type EngineRequest } from '#engine';
import { encodeTensor, queueOptions, QueueShard, Shards, workerOptions } from '#queue';
import { newJobId } from '#contract';
import { ArtifactMetrics, GuardMetrics } from '#metrics';
import { createWorkerRedis, NO_TRACING, redisAddress } from '#server';
import { ArtifactStore, ModelLoader, ModelRegistry, openStore, type ModelIdentity } from '#storage';
import { JobAttempts } from './job-attempts.js';
import { JobIntake } from './job-intake.js';
import { ModelsInUse } from '../sampling/models-in-use.js';
import { Pauses } from './pauses.js';
import { RunningJobs } from './running-jobs.js';
import { TensorFiles } from '../sampling/tensor-files.js';
import { RowHandOver } from '../sampling/row-hand-over.js';
import { SamplingRunner } from '../sampling/sampling-runner.js';
import { WorkerIdentity } from '../process/worker-identity.js';
import { fakeEngineOptions } from '../../../../libs/engine/testing/engines.js';
import { publishTinyModel } from '../../../../test/api/test-api.js';
import { redisAvailable, startRedis, type TestRedis } from '../../../../test/redis.js';

const HOUR_MS = 3_600_000;

describe.skipIf(!redisAvailable)('The engine', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stride-waited-'));
  const asked = new Map<string, EngineRequest>();
  let model: ModelIdentity;
  let server: TestRedis;
  let engine: Engine;
  let worker: Worker;
  let queue: Queue;
  let close = (): void => undefined;

  beforeAll(async () => {
    server = await startRedis();
    const redis = createWorkerRedis(redisAddress({ REDIS_URL: server.url }));
    const connection = createWorkerRedis(redisAddress({ REDIS_URL: server.url }));
    close = () => [redis, connection].forEach((client) => client.disconnect());
    engine = await Engine.start(fakeEngineOptions({ threads: 1 }));
    vi.spyOn(engine, 'submit').mockImplementation((request) => {
      asked.set(request.id, request);
      return Promise.resolve({
        actions: new Float32Array(8),
        waitSeconds: 0,
        runSeconds: 0,
        denoiseSeconds: 0,
        warnings: [],
      });
    });
    await publishTinyModel(directory, 'tiny');
    const artifacts = new ArtifactStore(openStore(directory));
    const registry = new ModelRegistry(openStore(directory));
    model = await registry.refer(await registry.resolve('tiny'));
    const pauses = new Pauses(new GuardMetrics(new Registry()));
    const shards = new Shards(1, () => new QueueShard({ redis }));
    const attempts = new JobAttempts(
      new RunningJobs(shards),
      shards,
      pauses,
      new WorkerIdentity({ STRIDE_QUEUES: ['sampling'] }),
      { begin: (reason) => expect.fail(reason) },
      { isUnwell: () => Promise.resolve(false), lacks: (sha256) => expect.fail(sha256) },
    );
    const jobs = new SamplingRunner(
      engine,
      new ModelsInUse(new ModelLoader(artifacts, registry), registry),
      new RowHandOver(shards, artifacts),
      new TensorFiles(artifacts, new ArtifactMetrics(new Registry())),
      attempts,
      new JobIntake(engine, { id: 'w' }),
      shards,
      NO_TRACING,
    );
    const process = (job: Job, token: string | undefined) => jobs.run(worker, job, token);
    queue = new Queue('sampling', { ...queueOptions, connection });
    worker = new Worker('sampling', process, { ...workerOptions.sampling, connection });
    worker.on('error', () => undefined);
  });
  afterAll(async () => {
    await worker?.close();
    await queue?.close();
    await engine?.close();
    close();
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /**
   * Runs a job that was accepted at `timestamp`; how long it waited by BullMQ's record, and by what the
   * engine was given.
   */
  async function waited(timestamp: number): Promise<{ recordedMs: number; publishedMs: number | undefined }> {
    const id = newJobId('sampling');
    const ended = new Promise<Job>((resolve, reject) => {
      worker.on('completed', (job) => job.id === id && resolve(job));
      worker.on('failed', (job, error) => job?.id === id && reject(error));
    });
    await queue.add('sampling', { ...tinyJob, model }, { jobId: id, timestamp });
    const { processedOn = Number.NaN } = await ended;
    return { recordedMs: processedOn - timestamp, publishedMs: asked.get(id)?.waitedMs };
  }

  it('learns how long a job waited in the queue', async () => {
    const { recordedMs, publishedMs } = await waited(Date.now() - HOUR_MS);
    expect(recordedMs).toBeGreaterThanOrEqual(HOUR_MS);
    expect(publishedMs).toBe(recordedMs);
  });

  it('hears of no wait when the clock of the API is ahead', async () => {
    const { recordedMs, publishedMs } = await waited(Date.now() + HOUR_MS);
    expect(recordedMs).toBeLessThan(0);
    expect(publishedMs).toBe(0);
  });
});

const tinyJob = {
  request: {
    model: 'tiny',
    observations: encodeTensor({ shape: [1, 3], data: Float32Array.of(1, 2, 3) }),
    samplesPerObservation: 1,
    mode: 'sample',
    precision: 'float32',
    priority: 'normal',
    metadata: {},
  },
  seed: 1,
  rows: 1,
  steps: 10,
  actionShape: [4, 2],
  warnings: [],
};
