import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStrideClient, type StrideClient } from '#client';
import { eventLine, TestProcess } from './processes.js';
import { startRedis, type TestRedis, type TestRedisOptions } from './redis.js';

export interface TestStrideOptions {
  /** Workers to start with; default 1. */
  readonly numWorkers?: number;
  readonly redis?: TestRedisOptions;
  /** Further environment of every process. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface TestWorker {
  readonly process: TestProcess;
  /** URL of its metrics. */
  readonly metrics: string;
}

/** Redis, API and workers as real processes with ports and directories of their own. */
export class TestStride {
  readonly redis: TestRedis;
  readonly directory: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #workers = new Set<TestWorker>();
  #api: TestProcess | undefined;
  #apiUrl = '';

  private constructor(redis: TestRedis, directory: string, env: NodeJS.ProcessEnv) {
    this.redis = redis;
    this.directory = directory;
    this.#env = env;
  }

  static async start(options: TestStrideOptions = {}): Promise<TestStride> {
    const redis = await startRedis({ appendOnly: true, ...options.redis });
    const directory = mkdtempSync(join(tmpdir(), 'stride-test-'));
    const stride = new TestStride(redis, directory, {
      REDIS_URL: redis.url,
      STRIDE_ARTIFACTS: join(directory, 'artifacts'),
      ...options.env,
    });
    try {
      const workers = Array.from({ length: options.numWorkers ?? 1 }, () => stride.startWorker());
      await Promise.all([stride.startApi(), ...workers]);
      return stride;
    } catch (error) {
      await stride.kill();
      throw error;
    }
  }

  get url(): string {
    return this.#apiUrl;
  }

  get api(): TestProcess {
    if (this.#api === undefined) throw new Error('the API was not started');
    return this.#api;
  }

  get client(): StrideClient {
    return createStrideClient(this.#apiUrl, { retryMs: 0 });
  }

  get workers(): readonly TestWorker[] {
    return [...this.#workers];
  }

  /** Starts the API, on the same port as before if there was one. */
  async startApi(env: NodeJS.ProcessEnv = {}): Promise<TestProcess> {
    const port = this.#apiUrl === '' ? '0' : new URL(this.#apiUrl).port;
    const api = new TestProcess({
      name: 'api',
      script: 'dist/apps/api/src/main.js',
      env: { ...this.#env, STRIDE_PORT: port, ...env },
    });
    this.#api = api;
    const ready = await api.untilLine((line) => eventLine(line, 'ready'));
    this.#apiUrl = String(ready.url);
    return api;
  }

  async startWorker(env: NodeJS.ProcessEnv = {}): Promise<TestWorker> {
    const worker = new TestProcess({
      name: `worker-${this.#workers.size + 1}`,
      script: 'dist/apps/worker/src/main.js',
      env: { ...this.#env, STRIDE_METRICS_PORT: '0', ...env },
    });
    const started = { process: worker, metrics: '' };
    this.#workers.add(started);
    const ready = await worker.untilLine((line) => eventLine(line, 'ready'));
    started.metrics = String(ready.metrics);
    return started;
  }

  /** `kill -9` of one worker. */
  async killWorker(worker: TestWorker): Promise<void> {
    await worker.process.kill();
    worker.process.assertNothingEscaped();
    this.#workers.delete(worker);
  }

  /** SIGTERM of one worker: it hands over what it was doing. */
  async stopWorker(worker: TestWorker): Promise<void> {
    this.#workers.delete(worker);
    await worker.process.stop();
  }

  /**
   * Stops everything in order and removes the directories.
   * @throws Error when a process did not end in order or something escaped it
   */
  async stop(): Promise<void> {
    const processes = [...this.#workers].map(({ process }) => process);
    if (this.#api !== undefined) processes.push(this.#api);
    const ends = await Promise.allSettled(processes.map((process) => process.stop()));
    await this.kill();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Ends everything at once. */
  async kill(): Promise<void> {
    await Promise.all([...this.#workers].map(({ process }) => process.kill()));
    await this.#api?.kill();
    await this.redis.kill();
    await this.redis.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
