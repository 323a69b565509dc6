import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { initialParameters, type DdimModel, type MlpDenoiserConfig, type NoiseScheduleConfig } from '#ddim';
import { encodeTensor, JobEnds, workerOptions, workerConnection } from '#queue';
import { parseJobError, type SamplingJobData, type StoredSamplingResult } from '#contract';
import { ModelRegistry, openStore } from '#storage';
import { eventLine, TestProcess } from '../processes.js';
import { startRedis, type TestRedis } from '../redis.js';

export const OBS_SIZE = 3;
export const HORIZON = 4;
export const ACTION_DIM = 2;

/**
 * A real Redis, an artifact root with the model `tiny`, and the API as a process. Workers are played by the
 * tests.
 */
export class TestApi {
  private constructor(
    readonly redis: TestRedis,
    readonly directory: string,
    readonly process: TestProcess,
    readonly url: string,
  ) {}

  static async start(redis?: TestRedis, env: NodeJS.ProcessEnv = {}): Promise<TestApi> {
    const server = redis ?? (await startRedis());
    const directory = mkdtempSync(join(tmpdir(), 'stride-api-'));
    await publishTinyModel(directory, 'tiny');
    const api = startProcess(server.url, directory, env);
    const ready = await api.untilLine((line) => eventLine(line, 'ready'));
    return new TestApi(server, directory, api, String(ready.url));
  }

  /** Another API process on the same Redis and artifact root, which may be about to refuse them. */
  again(env: NodeJS.ProcessEnv = {}): TestProcess {
    return startProcess(this.redis.url, this.directory, env);
  }

  /** Publishes a model that differs from `tiny` in what is given. */
  publish(name: string, change: Partial<DdimModel>): Promise<unknown> {
    return publishTinyModel(this.directory, name, change);
  }

  /** A fetch of a path of this API. */
  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`${this.url}${path}`, init);
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return this.fetch(path, {
      method: 'POST',
      body: text,
      headers: { 'content-type': 'application/json', ...headers },
    });
  }

  /** Ends the API in order. @throws Error when something escaped it */
  async stop(): Promise<void> {
    try {
      await this.process.stop();
    } finally {
      await this.redis.stop();
      rmSync(this.directory, { recursive: true, force: true });
    }
  }
}

function startProcess(redisUrl: string, artifactRoot: string, env: NodeJS.ProcessEnv): TestProcess {
  return new TestProcess({
    name: 'api',
    script: 'dist/apps/api/src/main.js',
    env: { REDIS_URL: redisUrl, STRIDE_PORT: '0', STRIDE_ARTIFACTS: artifactRoot, ...env },
  });
}

export const tinyConfig: MlpDenoiserConfig = {
  obsSize: OBS_SIZE,
  actionHorizon: HORIZON,
  actionDim: ACTION_DIM,
  hiddenSize: 16,
  numLayers: 1,
  numTrainTimesteps: 100,
  predictionType: 'sample',
  preconditioning: 'none',
};

export const tinySchedule: NoiseScheduleConfig = {
  numTrainTimesteps: 100,
  betaSchedule: 'squaredcos_cap_v2',
  betaStart: 1e-4,
  betaEnd: 0.02,
  rescaleBetasZeroSnr: false,
  setAlphaToOne: true,
};

export async function publishTinyModel(root: string, name: string, change: Partial<DdimModel> = {}): Promise<void> {
  const ones = (length: number) => ({ scale: new Float32Array(length).fill(1), offset: new Float32Array(length) });
  const model: DdimModel = {
    config: tinyConfig,
    schedule: tinySchedule,
    sampling: {
      numInferenceSteps: 10,
      timestepSpacing: 'trailing',
      eta: 0,
      clipSample: true,
      clipSampleRange: 1,
      thresholding: null,
      useClippedModelOutput: false,
    },
    observationNormalizer: ones(OBS_SIZE),
    actionNormalizer: ones(ACTION_DIM),
    conditionDropout: 0,
    parameters: initialParameters(tinyConfig, 1),
    ...change,
  };
  await new ModelRegistry(openStore(root)).publish({
    name,
    model,
    provenance: { source: 'import' },
  });
}

/** Publishes that a job has ended, as a worker does; `result` of one that has succeeded. */
type PublishEnd = (ends: JobEnds, job: Job, result?: StoredSamplingResult) => Promise<unknown>;

export const publishEnd: PublishEnd = (ends, { id = '', attemptsStarted, failedReason }, result) =>
  ends.publish(
    { kind: 'sampling', jobId: id, attemptsStarted },
    result === undefined ? { type: 'failed', error: parseJobError(failedReason ?? '') } : { type: 'succeeded' },
  );

/** A sampling worker whose jobs end as `process` says; the API cannot distinguish it from a real one. */
export async function playWorker(
  redisUrl: string,
  process: (job: Job) => Promise<StoredSamplingResult>,
  publish = publishEnd,
): Promise<{ close(): Promise<void> }> {
  const connection = new Redis(redisUrl, workerConnection);
  const worker = new Worker('sampling', process, { ...workerOptions.sampling, skipLockRenewal: false, connection });
  const ends = new JobEnds(connection);
  const heard = (job: Job | undefined, result?: StoredSamplingResult) => {
    if (job !== undefined) publish(ends, job, result).catch(() => undefined); // tests take Redis away
  };
  worker.on('error', () => undefined);
  worker.on('completed', heard);
  worker.on('failed', (job) => heard(job));
  await worker.waitUntilReady();
  return {
    close: async () => {
      await worker.close();
      connection.disconnect();
    },
  };
}

/** What a worker would return: numbers that depend on seed and place. */
export function playedResult(data: SamplingJobData): StoredSamplingResult {
  const shape = [data.rows, ...data.actionShape];
  const values = Float32Array.from({ length: data.rows * HORIZON * ACTION_DIM }, (_, i) =>
    Math.fround(data.seed * 1e-16 + i / 10),
  );
  const bytes = Buffer.from(values.buffer);
  return {
    shape,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    tensor: encodeTensor({ shape, data: values }),
    timings: { queuedSeconds: 0, runSeconds: 0, denoiseSeconds: 0 },
    warnings: [],
    worker: 'test',
  };
}
