import { Injectable, Logger } from '@nestjs/common';
import type { Worker as BullWorker } from 'bullmq';
import { JOB_KINDS } from '#contract';
import { JobMetrics } from '#metrics';
import { LIFETIMES, WorkerLeases } from '#queue';
import { RunningJobs } from '../attempts/running-jobs.js';

/**
 * Renews this process' leases, and gives the jobs of workers back whose leases have run out. A process that
 * stood still for longer than a lease looks at its locks at once: others may have its jobs.
 */
@Injectable()
export class WorkerLease {
  readonly #logger = new Logger(WorkerLease.name);
  #workers: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;

  constructor(
    private readonly leases: WorkerLeases,
    private readonly running: RunningJobs,
    private readonly metrics: JobMetrics,
  ) {}

  /** Waits until the leases are held: call before a job is taken. */
  async start(workers: readonly BullWorker[]): Promise<void> {
    this.#workers = workers.map(({ id }) => id);
    await this.#beat();
    this.#timer = setInterval(() => this.#beatAgain(), LIFETIMES.leaseEveryMs);
  }

  /** The process was asked to end: if it dies meanwhile, its jobs are not to blame. */
  async leaving(): Promise<void> {
    if (this.#timer !== undefined) await this.leases.leaving(this.#workers);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    if (this.#timer !== undefined) await this.leases.end(this.#workers);
  }

  /** While Redis is away, one beat waits for it. */
  #beatAgain(): void {
    this.#beating ??= this.#beat()
      .catch((error: unknown) => this.#logger.warn(`leases were not renewed: ${String(error)}`))
      .finally(() => (this.#beating = undefined));
  }

  async #beat(): Promise<void> {
    const { isLost, freed } = await this.leases.beat(this.#workers);
    for (const kind of JOB_KINDS) {
      for (let i = 0; i < freed[kind]; i++) this.metrics.stalled(kind);
      if (freed[kind] > 0) this.#logger.warn(`a worker has died: ${freed[kind]} ${kind} jobs of it wait again`);
    }
    if (!isLost) return;
    this.#logger.warn('this process stood still for longer than its lease');
    await this.running.renewLocks();
  }
}
