import { Injectable } from '@nestjs/common';
import { askEachKind, type JobKind, type Stats, type WorkerInfo } from '#contract';
import { withDeadline, WorkerHeartbeats } from '#queue';
import type { QueueConnection } from '../../queue/queue-connection.js';
import { QueueShards } from '../../queue/queue-shards.js';

const DEADLINE_MS = 2_000;

/** Sums up what BullMQ counts and what the workers' heartbeats say. */
@Injectable()
export class StatsService {
  constructor(
    private readonly shards: QueueShards,
    private readonly heartbeats: WorkerHeartbeats,
  ) {}

  /** @throws QueueUnavailableError */
  async read(): Promise<Stats> {
    this.shards.requireReady();
    const answers = Promise.all([askEachKind((kind) => this.count(kind)), this.heartbeats.list()]);
    const [queues, workers] = await withDeadline(answers, DEADLINE_MS);
    return {
      queues,
      workers: workers.length,
      rowsRunning: sum(workers, 'rowsRunning'),
      rowsWaiting: sum(workers, 'rowsWaiting'),
      samplesPerSecond: sum(workers, 'samplesPerSecond'),
      rowStepsPerSecond: sum(workers, 'rowStepsPerSecond'),
      stepSeconds: slowest(workers),
    };
  }

  private async count(kind: JobKind): Promise<Stats['queues'][JobKind]> {
    const ofShards = await Promise.all(this.shards.all.map((shard) => this.countIn(shard, kind)));
    return ofShards.reduce((total, counts) => ({
      waiting: total.waiting + counts.waiting,
      active: total.active + counts.active,
      delayed: total.delayed + counts.delayed,
      paused: total.paused + counts.paused,
      succeeded: total.succeeded + counts.succeeded,
      failed: total.failed + counts.failed,
    }));
  }

  private async countIn({ queues, pauses }: QueueConnection, kind: JobKind): Promise<Stats['queues'][JobKind]> {
    const [counts, paused] = await Promise.all([queues[kind].queue.getJobCounts(), pauses.count(kind)]);
    const { waiting = 0, prioritized = 0, active = 0, delayed = 0, completed = 0, failed = 0 } = counts;
    const retried = Math.max(delayed - paused, 0); // BullMQ counts both as delayed
    return { waiting: waiting + prioritized, active, delayed: retried, paused, succeeded: completed, failed };
  }
}

function sum(
  workers: readonly WorkerInfo[],
  field: 'rowsRunning' | 'rowsWaiting' | 'samplesPerSecond' | 'rowStepsPerSecond',
): number {
  return workers.reduce((total, worker) => total + worker[field], 0);
}

/** Quantiles of different workers cannot be merged; the slowest worker's bound them all. */
function slowest(workers: readonly WorkerInfo[]): Stats['stepSeconds'] {
  const latencies = workers.flatMap(({ stepSeconds }) => (stepSeconds === null ? [] : [stepSeconds]));
  if (latencies.length === 0) return null;
  const worst = (quantile: 'p50' | 'p95' | 'p99') => Math.max(...latencies.map((latency) => latency[quantile]));
  return { p50: worst('p50'), p95: worst('p95'), p99: worst('p99') };
}
