import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationShutdown } from '@nestjs/common';
import type { Worker as BullWorker } from 'bullmq';
import { Engine } from '#engine';
import { Shards, wakeOnReturn } from '#queue';
import { endProcess } from '#server';
import { HeartbeatService } from './heartbeat.service.js';
import { JobWorkers } from './job-workers.js';
import { JobOutcomes } from '../attempts/job-outcomes.js';
import { RedisFaults } from './redis-faults.js';
import { WorkerLease } from './worker-lease.js';
import { WorkerShard } from './worker-shard.js';
import { RunningJobs } from '../attempts/running-jobs.js';

/** All of the shutdown must fit into a container's grace period of 60 s. */
export const SHUTDOWN_MS = 55_000;
/**
 * Sampling jobs that end within this run on; the others go back to the queue at once, with what is done of
 * them.
 */
const SAMPLING_GRACE_MS = 2_000;
/** Engine threads end after their current call, which may be the load of a large model. */
const THREADS_MS = 5_000;
/** With Redis away nobody hears that a worker leaves: its heartbeat and its lease run out by themselves. */
const FAREWELL_MS = 1_000;

/**
 * Starts and ends the worker in order. Start: checks of Redis, then the queues.
 * End: take no new job, hand training over, let sampling jobs run on that end in time, hand the others over,
 * end the engine's threads; Redis connections last.
 */
@Injectable()
export class LifecycleService implements BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger(LifecycleService.name);
  #started = false;
  #draining = false;
  #threadsEnded = false;

  constructor(
    private readonly workers: JobWorkers,
    private readonly shards: Shards<WorkerShard>,
    private readonly engine: Engine,
    private readonly faults: RedisFaults,
    private readonly running: RunningJobs,
    private readonly outcomes: JobOutcomes,
    private readonly heartbeat: HeartbeatService,
    private readonly lease: WorkerLease,
  ) {}

  /** Takes jobs: started, not closing, engine sound. */
  get ready(): boolean {
    return this.#started && !this.#draining && this.engine.stats().status === 'running';
  }

  /**
   * Waits for Redis if need be. @throws InvalidConfigError when Redis is configured so that jobs could get
   * lost
   * @param metricsUrl asked when Redis has answered
   */
  async start(metricsUrl: () => string): Promise<void> {
    await this.faults.check();
    await this.heartbeat.start(metricsUrl());
    await this.running.listen();
    const workers = this.workers.open();
    for (const { kind, worker } of workers) {
      this.outcomes.watch(worker, kind);
      this.running.watch(worker);
    }
    await this.lease.start(workers);
    for (const one of workers) {
      this.workers.govern(one);
      await wakeOnReturn(one.worker.getBackend());
      one.worker.run().catch((error: unknown) => this.#logger.error(error));
    }
    this.faults.govern(this.#bullWorkers);
    this.#started = true;
  }

  get #bullWorkers(): readonly BullWorker[] {
    return this.workers.all.map(({ worker }) => worker);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#draining = true;
    this.lease.leaving().catch((error: unknown) => this.#logger.warn(`not known to be leaving: ${String(error)}`));
    const closed = this.#bullWorkers.map((worker) => worker.close()); // no new job; locks are still renewed
    this.running.handOver();
    await this.engine.drain(SAMPLING_GRACE_MS);
    await Promise.all(closed);
    this.running.close();
    this.#threadsEnded = await isDoneWithin(THREADS_MS, this.engine.close());
    if (this.#started) await isDoneWithin(FAREWELL_MS, this.#sayFarewell());
  }

  async #sayFarewell(): Promise<void> {
    try {
      await Promise.all([this.heartbeat.stop(), this.lease.stop()]);
    } catch (error) {
      this.#logger.warn(`not known to have left: ${String(error)}`);
    }
  }

  onApplicationShutdown(): void {
    for (const shard of this.shards.all) shard.close();
    if (!this.#threadsEnded) endProcess(); // all is handed over, and nobody need wait for them
  }
}

function isDoneWithin(ms: number, work: Promise<void>): Promise<boolean> {
  return Promise.race([work.then(() => true), sleep(ms, false, { ref: false })]);
}
