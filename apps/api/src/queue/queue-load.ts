import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Precision } from '#ddim';
import { askEachKind, KINDS, type JobKind, type WorkerInfo } from '#contract';
import { WorkerHeartbeats } from '#queue';
import { GuardMetrics, QueueMetrics } from '#metrics';
import { HttpProblem } from '../http/problem.js';
import type { QueueConnection } from './queue-connection.js';
import { QueueShards } from './queue-shards.js';

const SAMPLE_MS = 1_000;
const MAX_MEMORY_RATIO = 0.8;
const [MIN_RETRY_SECONDS, MAX_RETRY_SECONDS] = [1, 60];
/** Weight of the newest job in the running mean of a job's size. */
const MEAN_WEIGHT = 0.02;

/** How full a shard was when it was looked at last. */
interface ShardLoad {
  readonly waiting: Readonly<Record<JobKind, number>>;
  readonly paused: number;
  readonly memoryRatio: number;
}

/** How full the queues are, looked up once per second, because a request must not pay for it. */
@Injectable()
export class QueueLoad implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(QueueLoad.name);
  private timer: NodeJS.Timeout | undefined;
  private readonly loads = new Map<QueueConnection, ShardLoad>();
  private workers: readonly WorkerInfo[] = [];
  private meanRowSteps = 0;

  constructor(
    private readonly shards: QueueShards,
    private readonly heartbeats: WorkerHeartbeats,
    private readonly metrics: GuardMetrics,
    private readonly queueMetrics: QueueMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sample().catch((error: unknown) => this.logger.debug(`no sample: ${String(error)}`));
    }, SAMPLE_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** @throws HttpProblem `queue_full` when the queue holds too many jobs or Redis too many bytes */
  requireRoom(kind: JobKind): void {
    const { maxWaiting } = KINDS[kind];
    const waiting = this.waiting(kind);
    const tooMany = waiting > maxWaiting;
    if (!tooMany && this.memoryRatio <= MAX_MEMORY_RATIO) return;
    const reason = tooMany
      ? `${waiting} ${kind} jobs are waiting, at most ${maxWaiting} may`
      : `the queue's memory is more than ${MAX_MEMORY_RATIO * 100} % full`;
    const seconds = Math.min(
      Math.max(Math.ceil(this.secondsUntil(waiting) ?? MAX_RETRY_SECONDS), MIN_RETRY_SECONDS),
      MAX_RETRY_SECONDS,
    );
    throw new HttpProblem('queue_full', `${reason}; try again later`, { headers: { 'Retry-After': String(seconds) } });
  }

  /** Counts an accepted sampling job: rows x steps. */
  accepted(rowSteps: number): void {
    this.meanRowSteps += (rowSteps - this.meanRowSteps) * (this.meanRowSteps === 0 ? 1 : MEAN_WEIGHT);
  }

  /**
   * Seconds until so many jobs of the mean size are done at the present rate; undefined while nothing runs.
   */
  private secondsUntil(numJobs: number): number | undefined {
    const rate = this.workers.reduce((sum, worker) => sum + worker.rowStepsPerSecond, 0);
    return rate > 0 && this.meanRowSteps > 0 ? (numJobs * this.meanRowSteps) / rate : undefined;
  }

  /** The same until a job at this place of its shard is done: about as many are before it in each other. */
  secondsUntilDone(queuePosition: number): number | undefined {
    return this.secondsUntil((queuePosition + 1) * this.shards.all.length);
  }

  /**
   * Seconds of the fastest step of one row of a model version, of which every worker that might get the job
   * has seen some; undefined as long as one of them has not: it may be faster.
   */
  leastStepSeconds(model: string, precision: Precision): number | undefined {
    const workers = this.workers.filter(({ queues }) => queues.includes('sampling'));
    const known = workers.map(({ leastStepSeconds }) =>
      leastStepSeconds.filter((least) => least.model === model && least.precision === precision),
    );
    if (known.length === 0 || known.some((ofWorker) => ofWorker.length === 0)) return undefined;
    return Math.min(...known.flat().map(({ seconds }) => seconds));
  }

  /** Workers of the queue that cannot run jobs in this precision; each of them might get the next one. */
  workersWithout(precision: Precision): readonly WorkerInfo[] {
    return this.workers.filter(
      ({ queues, precisions }) => queues.includes('sampling') && !precisions.includes(precision),
    );
  }

  /** Over all shards, as each was seen last. */
  private waiting(kind: JobKind): number {
    return [...this.loads.values()].reduce((sum, { waiting }) => sum + waiting[kind], 0);
  }

  private get memoryRatio(): number {
    return Math.max(0, ...[...this.loads.values()].map((load) => load.memoryRatio));
  }

  private async sample(): Promise<void> {
    const { all, ready } = this.shards;
    if (ready.length === 0) return;
    const loads = ready.map(async (shard) => this.loads.set(shard, await this.loadOf(shard)));
    const [workers] = await Promise.all([all[0].isReady ? this.heartbeats.list() : this.workers, ...loads]);
    this.workers = workers;
    this.metrics.redisMemory(this.memoryRatio);
    this.queueMetrics.paused([...this.loads.values()].reduce((sum, { paused }) => sum + paused, 0));
    this.queueMetrics.waiting(this.waiting('sampling') * Math.max(this.meanRowSteps, 1));
  }

  private async loadOf({ redis, waiting, pauses }: QueueConnection): Promise<ShardLoad> {
    const [counts, paused, info] = await Promise.all([
      askEachKind((kind) => waiting.count(kind)),
      pauses.count('training'),
      redis.info('memory'),
    ]);
    return { waiting: counts, paused, memoryRatio: memoryRatio(info) };
  }
}

function memoryRatio(info: string): number {
  const read = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const limit = read('maxmemory');
  return limit === 0 ? 0 : read('used_memory') / limit;
}
