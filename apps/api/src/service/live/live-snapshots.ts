import { Injectable } from '@nestjs/common';
import { PRIORITIES, type Priority } from '#ddim';
import { askEachKind, type JobKind, type LiveSnapshot, type LiveWorker, type WorkerInfo } from '#contract';
import { withDeadline, WorkerHeartbeats } from '#queue';
import type { QueueConnection } from '../../queue/queue-connection.js';
import { QueueShards } from '../../queue/queue-shards.js';

const DEADLINE_MS = 2_000;
const MINUTE_SECONDS = 60;

type LiveQueue = LiveSnapshot['queues'][JobKind];

/** Puts together what the system does, from the queues and the workers' heartbeats. */
@Injectable()
export class LiveSnapshots {
  constructor(
    private readonly shards: QueueShards,
    private readonly heartbeats: WorkerHeartbeats,
  ) {}

  /** @throws QueueUnavailableError */
  async take(): Promise<LiveSnapshot & { readonly workers: LiveWorker[] }> {
    this.shards.requireReady();
    const [first] = this.shards.all;
    first.watch.ask().catch(() => undefined); // what they answer is in the next snapshot
    const answers = Promise.all([askEachKind((kind) => this.queueOf(kind)), this.heartbeats.list()]);
    const [queues, heartbeats] = await withDeadline(answers, DEADLINE_MS);
    const workers = heartbeats.map(liveWorker);
    return {
      at: new Date(first.clock.now()).toISOString(),
      samplesPerSecond: total(workers, ({ samplesPerSecond }) => samplesPerSecond),
      rowStepsPerSecond: total(workers, ({ rowStepsPerSecond }) => rowStepsPerSecond),
      rowsPerStep: rowsPerStep(workers),
      stepSeconds: slowestSteps(workers),
      rowsRunning: total(workers, ({ rowsRunning }) => rowsRunning),
      rowsWaiting: total(workers, ({ rowsWaiting }) => rowsWaiting),
      workersLive: workers.length,
      queues,
      workers,
    };
  }

  private async queueOf(kind: JobKind): Promise<LiveQueue> {
    const queues = await Promise.all(this.shards.all.map((shard) => queueOfShard(shard, kind)));
    const [first, ...others] = queues;
    if (first === undefined) throw new RangeError('there is no shard');
    return others.reduce(together, first);
  }
}

async function queueOfShard({ queues, waiting, pauses, clock }: QueueConnection, kind: JobKind): Promise<LiveQueue> {
  const [{ active = 0, delayed: later = 0 }, paused, classes] = await Promise.all([
    queues[kind].queue.getJobCounts('active', 'delayed'),
    pauses.count(kind),
    waiting.byClass(kind),
  ]);
  const delayed = Math.max(later - paused, 0); // BullMQ counts both as delayed
  const now = clock.now();
  const ofClass = (priority: Priority) => {
    const { jobs, oldestAt } = classes[priority];
    return { jobs, oldestSeconds: oldestAt === undefined ? null : Math.max(0, (now - oldestAt) / 1_000) };
  };
  return {
    active,
    delayed,
    waiting: { interactive: ofClass('interactive'), normal: ofClass('normal'), bulk: ofClass('bulk') },
  };
}

/** The queue over two shards. */
function together(left: LiveQueue, right: LiveQueue): LiveQueue {
  const waiting = { ...left.waiting };
  for (const priority of PRIORITIES) {
    const [one, other] = [left.waiting[priority], right.waiting[priority]];
    const oldest = Math.max(one.oldestSeconds ?? -1, other.oldestSeconds ?? -1);
    waiting[priority] = { jobs: one.jobs + other.jobs, oldestSeconds: oldest < 0 ? null : oldest };
  }
  return { active: left.active + right.active, delayed: left.delayed + right.delayed, waiting };
}

/** A worker of an older release only says what it did in the last minute. */
function liveWorker(info: WorkerInfo): LiveWorker {
  const recent = info.recent ?? {
    seconds: MINUTE_SECONDS,
    rowStepsPerSecond: info.rowStepsPerSecond,
    samplesPerSecond: info.samplesPerSecond,
    rowsPerStep: null,
    stepSeconds: info.stepSeconds && {
      p50: info.stepSeconds.p50,
      p95: info.stepSeconds.p95,
      p99: info.stepSeconds.p99,
    },
    threads: [],
  };
  const { threads } = recent;
  return {
    id: info.id,
    host: info.host,
    startedAt: info.startedAt,
    lastHeartbeatAt: info.lastHeartbeatAt,
    queues: info.queues,
    status: info.status,
    pauses: info.pauses,
    backend: info.backend,
    provider: info.provider,
    providerReason: info.providerReason,
    device: info.device,
    rejectedProviders: info.rejectedProviders,
    precisions: info.precisions,
    jobsRunning: info.jobsRunning,
    rowsRunning: info.rowsRunning,
    rowsWaiting: info.rowsWaiting,
    ...recent,
    loadRatio: threads.length === 0 ? null : total(threads, ({ occupancyRatio }) => occupancyRatio) / threads.length,
  };
}

function total<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

/** Over all steps: a worker counts by how many it made. */
function rowsPerStep(workers: readonly LiveWorker[]): number | null {
  const steps = total(workers, (worker) => (worker.rowsPerStep ? worker.rowStepsPerSecond / worker.rowsPerStep : 0));
  return steps === 0 ? null : total(workers, (worker) => (worker.rowsPerStep ? worker.rowStepsPerSecond : 0)) / steps;
}

/** Quantiles of different workers cannot be merged; the slowest worker's bound them all. */
function slowestSteps(workers: readonly LiveWorker[]): LiveSnapshot['stepSeconds'] {
  const known = workers.flatMap(({ stepSeconds }) => (stepSeconds === null ? [] : [stepSeconds]));
  if (known.length === 0) return null;
  const worst = (quantile: 'p50' | 'p95' | 'p99') => Math.max(...known.map((seconds) => seconds[quantile]));
  return { p50: worst('p50'), p95: worst('p95'), p99: worst('p99') };
}
