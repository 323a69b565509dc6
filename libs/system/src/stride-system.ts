import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { defaultModelMemory } from '#server';
import { ChildProgram } from './child-program.js';
import { DataDirectory } from './data-directory.js';
import { LogFile } from './log-file.js';
import { ApiReady, LogLine, parseLine, WorkerReady } from './output-lines.js';
import { prometheusConfig } from './prometheus-config.js';
import { checkRedis } from './redis-check.js';
import { findRedisServer, RedisServer } from './redis-server.js';
import { SupervisedPart } from './supervised-part.js';
import { SystemError } from './system-error.js';

export interface StrideSystemOptions {
  /** Port of the API; 0 takes a free one. Further processes of it take the ports behind, or any. */
  readonly port: number;
  /** Processes of the API; 1 by default. */
  readonly numApis?: number;
  readonly numWorkers: number;
  readonly dataDirectory: string;
  /** An existing Redis; absent: one of our own in the data directory. */
  readonly redisUrl: string | undefined;
  /** The policy that a WebSocket gets which names none. */
  readonly policy?: string | undefined;
  /** A port where robots get that policy and nothing else; 0 takes a free one. */
  readonly policyPort?: number | undefined;
  /** Called with what a user should know: starts, crashes, warnings of the parts. */
  readonly onNotice: (part: string, message: string) => void;
}

const READY_MS = 60_000;
const LIVE_MS = 10_000;
const STOP_MS = 60_000;
const REDIS_MAXMEMORY = '1gb';
const FIRST_METRICS_PORT = 9464;
/**
 * Requests that wait and jobs that run outlive a small nursery: V8 would copy each of them twice, and then
 * look for it among old objects.
 */
const NODE_FLAGS = ['--max-semi-space-size=64'] as const;

/** Redis, API and workers of one data directory as child processes of this one. */
export class StrideSystem {
  readonly #options: StrideSystemOptions;
  readonly #directory: DataDirectory;
  readonly #logs = new Map<string, LogFile>();
  #redisUrl = '';
  #redis: SupervisedPart<RedisServer> | undefined;
  #apis: SupervisedPart<ApiReady>[] = [];
  #workers: SupervisedPart<WorkerReady>[] = [];

  private constructor(options: StrideSystemOptions, directory: DataDirectory) {
    this.#options = options;
    this.#directory = directory;
  }

  /** @throws SystemError with what to do, when the system cannot be started; nothing is left running then */
  static async start(options: StrideSystemOptions): Promise<StrideSystem> {
    const system = new StrideSystem(options, await DataDirectory.open(options.dataDirectory));
    try {
      await system.#startRedis();
      await system.#startServices();
      writeFileSync(join(system.dataDirectory, 'prometheus.yml'), prometheusConfig(system.operatorsUrls));
      return system;
    } catch (error) {
      await system.stop();
      throw error;
    }
  }

  get apiUrl(): string {
    return this.apiUrls[0] ?? '';
  }

  /** Of each process of the API: any of them answers for every job. */
  get apiUrls(): readonly string[] {
    return this.#apis.map(({ ready }) => ready.url);
  }

  /** Where each process of the API has its metrics and the queue board. */
  get operatorsUrls(): readonly string[] {
    return this.#apis.map(({ ready }) => ready.management ?? ready.url);
  }

  /** Where robots connect that get nothing but the policy, if there is such a port. */
  get policiesUrl(): string | undefined {
    return this.#apis[0]?.ready.policies;
  }

  /** Where each worker serves its metrics. */
  get workerMetrics(): readonly string[] {
    return this.#workers.map(({ ready }) => ready.metrics);
  }

  /** With its password. */
  get redisUrl(): string {
    return this.#redisUrl;
  }

  get dataDirectory(): string {
    return this.#directory.path;
  }

  /**
   * Ends API and workers, which hand over what they were doing, then Redis; then gives the data directory up.
   */
  async stop(): Promise<void> {
    await Promise.all([...this.#apis, ...this.#workers].map((service) => service.stop(STOP_MS)));
    await this.#redis?.stop(STOP_MS);
    await Promise.all([...this.#logs.values()].map((log) => log.end()));
    this.#directory.release();
  }

  async #startRedis(): Promise<void> {
    if (this.#options.redisUrl !== undefined) {
      this.#redisUrl = await usableRedis(this.#options.redisUrl);
      return;
    }
    const found = findRedisServer();
    if ('problem' in found) throw new SystemError('redis_missing', found.problem);
    const password = randomBytes(24).toString('base64url');
    this.#redis = await this.#startPart<RedisServer>('redis', undefined, async (previous) => {
      const server = await RedisServer.start({
        binary: found.binary,
        directory: this.#directory.redis,
        appendOnly: true,
        maxmemory: REDIS_MAXMEMORY,
        port: previous?.port,
        password,
        onLine: this.#logOf('redis'),
      });
      return { program: server.program, ready: server };
    });
    this.#redisUrl = this.#redis.ready.url;
    this.#directory.recordRedis(this.#redisUrl);
  }

  /** All at once: none of them needs another to start. */
  async #startServices(): Promise<void> {
    const { numApis = 1, numWorkers } = this.#options;
    const apis = Array.from({ length: numApis }, (_, index) => this.#startApi(index));
    const workers = Array.from({ length: numWorkers }, (_, index) => this.#startWorker(index));
    const [apiStarts, workerStarts] = await Promise.all([Promise.allSettled(apis), Promise.allSettled(workers)]);
    this.#apis = apiStarts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    this.#workers = workerStarts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    const failed = [...apiStarts, ...workerStarts].find((start) => start.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** The first on the port that was asked for; where the port of a further one is taken, it is on any. */
  #startApi(index: number): Promise<SupervisedPart<ApiReady>> {
    const { port, policy, policyPort } = this.#options;
    const isFirst = index === 0;
    const name = isFirst ? 'api' : `api-${index + 1}`;
    const furtherPorts = isFirst
      ? { STRIDE_POLICY_PORT: policyPort?.toString() }
      : { STRIDE_POLICY_PORT: undefined, STRIDE_MANAGEMENT_PORT: process.env.STRIDE_MANAGEMENT_PORT && '0' };
    return this.#startPart<ApiReady>(name, liveAt, async (previous) => {
      const usual = port === 0 ? '0' : `${port + index}`;
      const STRIDE_PORT = previous === undefined ? usual : portOf(previous.url);
      for (const candidate of isFirst ? [STRIDE_PORT] : [STRIDE_PORT, '0']) {
        const start = await this.#launch(name, ApiReady, {
          STRIDE_PORT: candidate,
          STRIDE_POLICY: policy,
          ...furtherPorts,
        });
        if (start !== 'port taken') return start;
      }
      const message = `port ${STRIDE_PORT} is in use; choose another with --port (0 takes any free one)`;
      throw new SystemError('port_in_use', message);
    });
  }

  /** On a port that Prometheus knows, or, where that is taken, on any: only a bind can say. */
  #startWorker(index: number): Promise<SupervisedPart<WorkerReady>> {
    const name = `worker-${index + 1}`;
    const share = `${Math.floor(defaultModelMemory() / this.#options.numWorkers)}`;
    const STRIDE_MODEL_MEMORY = process.env.STRIDE_MODEL_MEMORY ?? share;
    return this.#startPart<WorkerReady>(name, liveAt, async (previous) => {
      const usual = previous === undefined ? `${FIRST_METRICS_PORT + index}` : portOf(previous.metrics);
      for (const STRIDE_METRICS_PORT of [usual, '0']) {
        const start = await this.#launch(name, WorkerReady, { STRIDE_METRICS_PORT, STRIDE_MODEL_MEMORY });
        if (start !== 'port taken') return start;
      }
      throw new SystemError('program_failed', `${name} found no free port for its metrics`);
    });
  }

  /** @throws SystemError when the program ends, for whatever else, before it is ready */
  async #launch<Ready>(
    name: string,
    schema: z.ZodType<Ready>,
    variables: NodeJS.ProcessEnv,
  ): Promise<{ program: ChildProgram; ready: Ready } | 'port taken'> {
    const app = name.startsWith('api') ? 'api' : 'worker';
    const program = new ChildProgram({
      name,
      command: process.execPath,
      args: [
        '--enable-source-maps',
        ...NODE_FLAGS,
        fileURLToPath(new URL(`../../../apps/${app}/src/main.js`, import.meta.url)),
      ],
      env: {
        ...process.env,
        REDIS_URL: this.#redisUrl,
        STRIDE_ARTIFACTS: this.#directory.artifacts,
        ...variables,
      },
      onLine: this.#logOf(name),
    });
    try {
      return { program, ready: await program.waitForLine((line) => parseLine(line, schema), READY_MS) };
    } catch (error) {
      await program.stop(0);
      if (program.lostItsPort) return 'port taken';
      throw error;
    }
  }

  #startPart<Ready>(
    name: string,
    isLive: ((ready: Ready) => Promise<boolean>) | undefined,
    launch: (previous: Ready | undefined) => Promise<{ program: ChildProgram; ready: Ready }>,
  ): Promise<SupervisedPart<Ready>> {
    return SupervisedPart.start({
      name,
      launch,
      isLive,
      onStarted: (program) => this.#directory.recordPart(name, program.pid),
      onTrouble: (what, restartInMs) =>
        this.#options.onNotice(name, `${what}; starting it again in ${restartInMs / 1_000} s`),
    });
  }

  /** Every line goes to the part's log file; warnings and errors go to the user as well. */
  #logOf(name: string): (line: string) => void {
    const log = this.#logs.get(name) ?? new LogFile(join(this.#directory.logs, `${name}.log`));
    this.#logs.set(name, log);
    return (line) => {
      log.write(line);
      const entry = parseLine(line, LogLine);
      if (entry === undefined || !['warn', 'error', 'fatal'].includes(entry.level)) return;
      // a lost port is our affair
      if (!entry.message.includes('EADDRINUSE')) this.#options.onNotice(name, entry.message);
    };
  }
}

/**
 * @throws SystemError `redis_unusable` when nobody answers there, or it would lose jobs: better said now than
 * in a log
 */
async function usableRedis(url: string): Promise<string> {
  const { status, detail, remedy } = await checkRedis(url);
  if (status === 'problem') throw new SystemError('redis_unusable', [detail, remedy].join('\n'));
  return url;
}

function portOf(url: string): string {
  return new URL(url).port;
}

/** Whether a service says that it lives. */
async function liveAt(ready: ApiReady | WorkerReady): Promise<boolean> {
  const { origin } = new URL(ready.role === 'api' ? ready.url : ready.metrics);
  try {
    const signal = AbortSignal.timeout(LIVE_MS);
    return (await fetch(`${origin}/health/live`, { signal })).ok;
  } catch {
    return false; // it does not answer
  }
}
