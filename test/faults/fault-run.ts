import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Schemas } from '#client';
import { JOB_KINDS } from '#contract';
import { Keys, LIFETIMES, STRIDE_PREFIX } from '#queue';
import { initialParameters } from '#ddim';
import { freePort } from '#system';
import { publishTinyModel, tinyConfig } from '../api/test-api.js';
import { CutLine } from '../cut-line.js';
import { TestStride } from '../stride.js';
import { until } from '../until.js';
import { FAULTS, type Victim } from './faults.js';
import { Producer } from './producer.js';
import type { HeldJobs, Hit, Holdings, RunRecord, StruckFault } from './run-record.js';
import { drawsOf, type Draw } from './draw.js';
import { scheduleOf, type Plan } from './schedule.js';
import { Witness } from './witness.js';

export interface FaultRunOptions {
  readonly plan: Plan;
  readonly seed: number;
  readonly numJobs: number;
  readonly jobsPerSecond: number;
  readonly numWorkers: number;
  /** Steps of a job; each has up to so many rows. */
  readonly maxSteps: number;
  readonly maxRows: number;
  /** Share of the jobs that are cancelled, at any moment of their lives. */
  readonly cancelled: number;
  /** How long everything may take to end once the last job was sent and the last fault is over. */
  readonly drainMs: number;
}

const NUM_REQUESTS = 50;
const SENT_TWICE = 0.05;
const CANCEL_WITHIN_MS = 500;
const NOT_FINAL = ['active', 'wait', 'paused', 'prioritized', 'delayed'];

/** A system of its own with jobs that are sent at a steady pace while faults come by a schedule. */
export class FaultRun {
  readonly #draw: Draw;
  /** What each killed worker held. */
  readonly held: HeldJobs[] = [];
  readonly #struck: StruckFault[] = [];

  private constructor(
    private readonly options: FaultRunOptions,
    private readonly stride: TestStride,
    private readonly line: CutLine,
    private readonly redis: Redis,
  ) {
    this.#draw = drawsOf(options.seed);
  }

  static async start(options: FaultRunOptions): Promise<FaultRun> {
    const port = await freePort();
    const line = await CutLine.to(port);
    const env = { REDIS_URL: `redis://127.0.0.1:${line.port}`, STRIDE_THREADS: '1' };
    const stride = await TestStride.start({ numWorkers: options.numWorkers, redis: { port }, env });
    const config = { ...tinyConfig, hiddenSize: 64, numLayers: 2 };
    const change = { config, parameters: initialParameters(config, 1) };
    await publishTinyModel(join(stride.directory, 'artifacts'), 'faulty', change);
    const redis = new Redis(stride.redis.url, { maxRetriesPerRequest: 1 });
    redis.on('error', () => undefined);
    return new FaultRun(options, stride, line, redis);
  }

  /** Everything that is to be seen of the run, once it has come to rest. */
  async record(): Promise<RunRecord> {
    const { plan, numJobs, jobsPerSecond, seed, numWorkers } = this.options;
    const requests = Array.from({ length: NUM_REQUESTS }, (_, i) => this.#request(i));
    const producer = new Producer({ url: () => this.stride.url, requests, draw: this.#draw, twice: SENT_TWICE });
    const witness = new Witness(this.redis, producer);
    const alone = await Promise.all(requests.map(async (_, i) => witness.follow(await producer.submit(i), i)));
    await this.#untilEnded(witness);
    const before = await this.#holdings();
    const heldBy = (pid: number) => witness.heldBy(pid);
    const victim: Victim = { stride: this.stride, line: this.line, heldBy, held: this.held, repairs: [] };
    const faults = this.#strike(victim, scheduleOf(plan, (numJobs / jobsPerSecond) * 1e3, seed));
    await Promise.all([this.#sendAll(producer, witness), faults]);
    await Promise.all(victim.repairs);
    await this.#untilEnded(witness);
    await witness.stop();
    await witness.lookAgain();
    await until('all workers are ready', () => Promise.resolve(this.stride.workers.length === numWorkers || undefined));
    return {
      jobs: witness.jobs,
      idsOfKeys: producer.idsOfKeys,
      answers: producer.answers,
      expected: alone.map(({ firstEnd }) => firstEnd?.sha256 ?? ''),
      listed: await witness.listed(),
      left: await this.#numLeft(),
      struck: this.#struck,
      before,
      after: await this.#settledHoldings(before),
    };
  }

  async stop(): Promise<void> {
    this.line.close();
    this.redis.disconnect();
    await this.stride.kill();
  }

  async #sendAll(producer: Producer, witness: Witness): Promise<void> {
    const { numJobs, jobsPerSecond, cancelled } = this.options;
    const startedAt = performance.now();
    const sent: Promise<void>[] = [];
    for (let i = 0; i < numJobs; i++) {
      await sleep(Math.max(0, startedAt + (i / jobsPerSecond) * 1e3 - performance.now()));
      const request = Math.floor(this.#draw() * NUM_REQUESTS);
      const cancelAfterMs = this.#draw() < cancelled ? this.#draw() * CANCEL_WITHIN_MS : undefined;
      const send = async (): Promise<void> => {
        const job = witness.follow(await producer.submit(request), request);
        if (cancelAfterMs === undefined) return;
        await sleep(cancelAfterMs);
        job.cancelAnswer = await producer.cancel(job.id);
      };
      sent.push(send());
    }
    await Promise.all(sent);
  }

  async #strike(victim: Victim, schedule: ReturnType<typeof scheduleOf>): Promise<void> {
    const startedAt = performance.now();
    for (const { fault, atMs, draw } of schedule) {
      await sleep(Math.max(0, startedAt + atMs - performance.now()));
      const fromMs = Date.now();
      const hit: Hit = await FAULTS[fault](victim, draw);
      const struck = { fault, hit, fromMs, toMs: Date.now() };
      this.#struck.push(struck);
      if (hit === 'all') victim.repairs.push(this.#untilWorkersAreBack().then((backAt) => (struck.toMs = backAt)));
    }
  }

  /**
   * A worker that Redis was taken from sends what it had to say once it is back, with its lease: also the
   * start of a job that it had taken before, and has lost by then.
   */
  async #untilWorkersAreBack(): Promise<number> {
    const renewedUntil = Date.now() + LIFETIMES.leaseMs;
    const ready = this.stride.workers.filter(({ metrics }) => metrics !== '');
    const areBack = async () => {
      const renewed = await this.redis.zcount(new Keys().leases, renewedUntil, '+inf').catch(() => 0);
      return renewed >= ready.length * JOB_KINDS.length || undefined;
    };
    await until('all workers have renewed their leases', areBack).catch(() => undefined);
    return Date.now();
  }

  #request(index: number): Schemas['SamplingRequest'] {
    const { maxRows, maxSteps } = this.options;
    return {
      model: 'faulty',
      observations: [[Math.sin(index), Math.cos(index), index / NUM_REQUESTS]],
      samplesPerObservation: 1 + Math.floor(this.#draw() * maxRows),
      numInferenceSteps: 1 + Math.floor(this.#draw() * maxSteps),
      eta: index % 2,
      seed: index,
    };
  }

  async #untilEnded(witness: Witness): Promise<void> {
    const { drainMs } = this.options;
    const isDone = () => Promise.resolve(witness.numOpen === 0 || undefined);
    // Late ones are no error here: the checker names what is left.
    await until('every job has ended', isDone, drainMs).catch(() => undefined);
  }

  async #numLeft(): Promise<number> {
    const sizes = NOT_FINAL.map((state) => {
      const key = `${STRIDE_PREFIX}:sampling:${state}`;
      return state === 'prioritized' || state === 'delayed' ? this.redis.zcard(key) : this.redis.llen(key);
    });
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  /** What is held after the last answers have been read. */
  async #settledHoldings(before: Holdings): Promise<Holdings> {
    const isSettled = async () => {
      const now = await this.#holdings();
      return now.apiFiles <= before.apiFiles && now.redisClients <= before.redisClients ? now : undefined;
    };
    return await until('handles have returned', isSettled).catch(() => this.#holdings());
  }

  async #holdings(): Promise<Holdings> {
    const temporary = readdirSync(join(this.stride.directory, 'artifacts', 'tmp'), { recursive: true });
    return {
      apiFiles: filesOf(this.stride.api.pid),
      redisClients: Number(/connected_clients:(\d+)/.exec(await this.redis.info('clients'))?.[1]),
      temporaryFiles: temporary.length,
    };
  }
}

/** Files that a process holds open, without sockets: clients keep some of them alive for a minute. */
function filesOf(pid: number): number {
  const directory = `/proc/${pid}/fd`;
  const targets = readdirSync(directory).map((descriptor) => linkTarget(join(directory, descriptor)));
  return targets.filter((target) => !target.startsWith('socket:')).length;
}

/** A descriptor that was closed meanwhile is taken for a socket. */
function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return 'socket:';
  }
}
