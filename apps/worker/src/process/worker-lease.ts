import { Injectable, Logger } from '@nestjs/common';
import type { Worker as BullWorker } from 'bullmq';
import { JOB_KINDS } from '#contract';
import { JobMetrics } from '#metrics';
import { LIFETIMES, type WorkerLeases } from '#queue';
import { RunningJobs } from '../attempts/running-jobs.js';
import type { JobWorkers } from './job-workers.js';

/** The leases of this process' workers in one shard. */
interface ShardLease {
  readonly leases: WorkerLeases;
  readonly workers: BullWorker[];
  beating: Promise<void> | undefined;
}

/**
 * Renews this process' leases, one for each kind of jobs in each shard, and gives the jobs of workers back
 * whose leases have run out. A process that stood still for longer than a lease looks at its locks at once:
 * others may have its jobs.
 */
@Injectable()
export class WorkerLease {
  readonly #logger = new Logger(WorkerLease.name);
  #shards: readonly ShardLease[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly running: RunningJobs,
    private readonly metrics: JobMetrics,
  ) {}

  /** Waits until the leases are held: call before a job is taken. */
  async start(workers: JobWorkers['all']): Promise<void> {
    const shards = new Map<object, ShardLease>();
    for (const { shard, worker } of workers) {
      const lease = shards.get(shard) ?? { leases: shard.leases, workers: [], beating: undefined };
      lease.workers.push(worker);
      shards.set(shard, lease);
    }
    this.#shards = [...shards.values()];
    await Promise.all(this.#shards.map((shard) => this.#beat(shard)));
    this.#timer = setInterval(() => this.#beatAgain(), LIFETIMES.leaseEveryMs);
  }

  /** The process was asked to end: if it dies meanwhile, its jobs are not to blame. */
  async leaving(): Promise<void> {
    if (this.#timer === undefined) return;
    await Promise.all(this.#shards.map(({ leases, workers }) => leases.leaving(idsOf(workers))));
  }

  async stop(): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    await Promise.all(
      this.#shards.map(async ({ leases, workers, beating }) => {
        await beating;
        await leases.end(idsOf(workers));
      }),
    );
  }

  /** While Redis is away, one beat of a shard waits for it. */
  #beatAgain(): void {
    for (const shard of this.#shards)
      shard.beating ??= this.#beat(shard)
        .catch((error: unknown) => this.#logger.warn(`leases were not renewed: ${String(error)}`))
        .finally(() => (shard.beating = undefined));
  }

  async #beat({ leases, workers }: ShardLease): Promise<void> {
    const { isLost, freed } = await leases.beat(idsOf(workers));
    for (const kind of JOB_KINDS) {
      for (let i = 0; i < freed[kind]; i++) this.metrics.stalled(kind);
      if (freed[kind] > 0) this.#logger.warn(`a worker has died: ${freed[kind]} ${kind} jobs of it wait again`);
    }
    if (!isLost) return;
    this.#logger.warn('this process stood still for longer than its lease');
    await this.running.renewLocks(workers);
  }
}

function idsOf(workers: readonly BullWorker[]): string[] {
  return workers.map(({ id }) => id);
}
