import { Inject, Injectable } from '@nestjs/common';
import { Worker as BullWorker, type Job } from 'bullmq';
import type { JobKind } from '#contract';
import { Shards, workerOptions, type QueueShard, type RedisClock } from '#queue';
import { Tracing } from '#server';
import { WorkerShard } from './worker-shard.js';

/** What runs the jobs of one kind. */
export interface JobProcessor {
  /** From now on the worker takes of this shard only what there is room for. */
  govern(worker: BullWorker, shard: QueueShard): void;
  /** @throws what makes BullMQ fail, retry or wait */
  run(worker: BullWorker, job: Job, token: string | undefined): Promise<unknown>;
}

/** Injection token of the processors of the kinds of jobs that this worker takes. */
export const PROCESSORS = Symbol('Processors');

interface JobWorker {
  readonly kind: JobKind;
  readonly shard: WorkerShard;
  readonly worker: BullWorker;
}

/** BullMQ's workers here, one for each kind of jobs and shard; those of a kind share a processor. */
@Injectable()
export class JobWorkers {
  #all: readonly JobWorker[] = [];

  constructor(
    @Inject(PROCESSORS) private readonly processors: ReadonlyMap<JobKind, JobProcessor>,
    private readonly shards: Shards<WorkerShard>,
    private readonly tracing: Tracing,
  ) {}

  /** None before they are opened. */
  get all(): readonly JobWorker[] {
    return this.#all;
  }

  /** They take no jobs yet. */
  open(): readonly JobWorker[] {
    this.#all = [...this.processors].flatMap(([kind, processor]) =>
      this.shards.all.map((shard) => ({ kind, shard, worker: this.#open(kind, shard, processor) })),
    );
    return this.#all;
  }

  /** Takes the rules of its kind for a worker. */
  govern({ kind, shard, worker }: JobWorker): void {
    this.processors.get(kind)?.govern(worker, shard);
  }

  #open(kind: JobKind, { redis, keys, clock }: WorkerShard, processor: JobProcessor): BullWorker {
    const { telemetry } = this.tracing;
    // Two parameters: with three BullMQ would make a signal for each job.
    const process = (job: Job, token: string | undefined) => {
      if (telemetry) this.#traceWait(job, clock);
      return processor.run(worker, job, token);
    };
    const options = { ...workerOptions[kind], prefix: keys.prefix, connection: redis, autorun: false };
    const worker: BullWorker = new BullWorker(kind, process, telemetry ? { ...options, telemetry } : options);
    return worker;
  }

  #traceWait({ opts, timestamp, attemptsStarted }: Job, clock: RedisClock): void {
    const endedAt = performance.now();
    const startedAt = Math.min(endedAt + timestamp - clock.now(), endedAt);
    this.tracing.waited(opts.telemetry?.metadata, { startedAt, endedAt }, { 'stride.attempt': attemptsStarted });
  }
}
