import { Injectable, Logger } from '@nestjs/common';
import type { Job, Worker as BullWorker } from 'bullmq';
import { PassingMap } from '#engine';
import { Shards, type QueueShard } from '#queue';
import { KINDS, type CancelReason, type JobKind } from '#contract';
import type { AttemptStop } from './attempt-stop.js';

/** Why a running job must stop. */
type StopReason = CancelReason | 'paused' | 'lock-lost' | 'shutdown';

export interface RunningJob {
  readonly kind: JobKind;
  readonly worker: BullWorker;
  readonly job: Job;
  readonly token: string | undefined;
  readonly stop: AttemptStop;
}

/** A job that was being taken is here long before. */
const EARLY_MS = 5_000;

/**
 * The jobs that this process runs now: renews their locks, and obeys their cancellation and their pauses.
 *
 * Locks are renewed here and not by BullMQ, whose renewal compares wall-clock times and stops when the clock
 * steps back. The messages may be lost, so every beat also reads the durable flags of all running jobs.
 */
@Injectable()
export class RunningJobs {
  readonly #logger = new Logger(RunningJobs.name);
  readonly #jobs = new PassingMap<string, RunningJob>();
  readonly #timers: NodeJS.Timeout[] = [];
  /** Cancellations heard of late for jobs that do not run here, or not yet; the oldest first. */
  readonly #early = new Map<string, { readonly reason: CancelReason; readonly at: number }>();
  readonly #watched = new Map<BullWorker, number>();
  readonly #waiting: (() => void)[] = [];
  #lastRenewalAt = performance.now();

  constructor(private readonly shards: Shards<QueueShard>) {}

  /** Obeys cancellations and pauses from now on. */
  async listen(): Promise<void> {
    // Messages sent while the subscription was down are lost: read the flags instead.
    const onSubscribed = () => this.#inBackground(this.#readFlags(this.#jobs.keys()));
    const listening = this.shards.all.flatMap(({ cancellation, pauses }) => [
      cancellation.subscribe({ onCancel: ({ jobId, reason }) => this.#cancel(jobId, reason), onSubscribed }),
      pauses.subscribe({ onPause: (jobId) => this.stop(jobId, 'paused'), onSubscribed }),
    ]);
    await Promise.all(listening);
  }

  get size(): number {
    return this.#jobs.size;
  }

  /** Seconds since locks were last renewed, or there was nothing to renew. */
  get secondsSinceRenewal(): number {
    return (performance.now() - this.#lastRenewalAt) / 1000;
  }

  /** Renews the locks of this worker's jobs every third of their duration, from a monotonic timer. */
  watch(worker: BullWorker): void {
    const { lockDuration } = worker.opts;
    if (lockDuration === undefined) throw new TypeError('a worker has a lock duration');
    this.#watched.set(worker, lockDuration);
    const timer = setInterval(() => this.#inBackground(this.#beat(worker, lockDuration)), lockDuration / 3);
    this.#timers.push(timer);
  }

  /** Renews all locks of these workers now, and stops the jobs that others have by now. */
  async renewLocks(workers: readonly BullWorker[]): Promise<void> {
    const watched = [...this.#watched].filter(([worker]) => workers.includes(worker));
    await Promise.all(watched.map(([worker, lockDuration]) => this.#beat(worker, lockDuration)));
  }

  /** Call before anything slow happens with the job. */
  add(running: RunningJob): void {
    const jobId = idOf(running.job);
    this.#jobs.set(jobId, running);
    const early = this.#early.get(jobId);
    if (early !== undefined) this.stop(jobId, early.reason);
  }

  /** A job that is being taken may be cancelled before the answer is here that says so. */
  #cancel(jobId: string, reason: CancelReason): void {
    if (!this.stop(jobId, reason)) this.#early.set(jobId, { reason, at: performance.now() });
  }

  /** A newer attempt of the same job, which this worker may have got itself, stays. */
  delete(job: Job): void {
    if (this.#jobs.get(idOf(job))?.job === job) this.#jobs.delete(idOf(job));
    this.#wakeWaiting();
  }

  /** False when it does not run here. */
  stop(jobId: string, reason: StopReason): boolean {
    const running = this.#jobs.get(jobId);
    running?.stop.abort(reason);
    return running !== undefined;
  }

  /** Resolves when no job runs here any more: each has its result on record, or is back in the queue. */
  whenNoneRuns(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#wakeWaiting();
    });
  }

  /** Gives back at once what another worker goes on with where it stands. */
  handOver(): void {
    for (const [jobId, { kind }] of this.#jobs) if (KINDS[kind].hasCheckpoints) this.stop(jobId, 'shutdown');
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /**
   * Both catch what they expect; this is for what nobody expects, which must not end the process and its
   * other jobs.
   */
  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.#logger.error(error));
  }

  #wakeWaiting(): void {
    if (this.#jobs.size === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #beat(worker: BullWorker, lockDuration: number): Promise<void> {
    for (const [jobId, { at }] of this.#early) if (performance.now() - at > EARLY_MS) this.#early.delete(jobId);
    const mine = [...this.#jobs].filter(([, running]) => running.worker === worker);
    if (mine.length > 0) {
      const ids = mine.map(([jobId]) => jobId);
      const tokens = mine.map(([, { token }]) => token ?? '');
      try {
        for (const jobId of await worker.extendJobLocks(ids, tokens, lockDuration)) this.stop(jobId, 'lock-lost');
      } catch (error) {
        this.#logger.warn(`locks were not renewed: ${String(error)}`);
        return;
      }
      await this.#readFlags(ids);
    }
    this.#lastRenewalAt = performance.now();
  }

  async #readFlags(jobIds: Iterable<string>): Promise<void> {
    await Promise.all([...this.shards.group([...jobIds])].map(([shard, ids]) => this.#readFlagsOf(shard, ids)));
  }

  async #readFlagsOf({ cancellation, pauses }: QueueShard, ids: readonly string[]): Promise<void> {
    try {
      for (const [jobId, { reason }] of await cancellation.readFlags(ids)) this.stop(jobId, reason);
      const pausable = ids.filter((jobId) => KINDS[this.#jobs.get(jobId)?.kind ?? 'sampling'].hasCheckpoints);
      for (const jobId of await pauses.requested(pausable)) this.stop(jobId, 'paused');
    } catch (error) {
      this.#logger.warn(`flags were not read: ${String(error)}`);
    }
  }
}

function idOf(job: Job): string {
  if (job.id === undefined) throw new TypeError('a fetched job has an id');
  return job.id;
}
