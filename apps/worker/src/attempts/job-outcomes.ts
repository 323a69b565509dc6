import { Injectable, Logger } from '@nestjs/common';
import type { Job, Worker as BullWorker } from 'bullmq';
import {
  BULL_PRIORITY,
  isFenced,
  recordSuccesses,
  Shards,
  spentJobData,
  type PublishedEnd,
  type QueueShard,
} from '#queue';
import { CancelReason, parseJobError, type JobError, type FinalJobEvent, type JobKind } from '#contract';
import { JobMetrics } from '#metrics';
import { notesOf, traceOf } from './job-notes.js';
import { queuedMs } from './queued-ms.js';

/**
 * Lets clients and Prometheus know how jobs ended, once BullMQ has recorded it: an event never runs ahead of
 * the truth.
 */
@Injectable()
export class JobOutcomes {
  readonly #logger = new Logger(JobOutcomes.name);
  #lastErrorAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly shards: Shards<QueueShard>,
    private readonly metrics: JobMetrics,
  ) {}

  watch(worker: BullWorker, kind: JobKind): void {
    recordSuccesses(worker, async (job, value, token) => {
      const { id: jobId = '', attemptsStarted, data } = job;
      const attempt = { kind, jobId, token, attemptsStarted };
      const success = { value, kept: keptOf(job), remains: spentJobData(data), trace: traceOf(job) };
      notesOf(job).published = await this.shards.holding(jobId).ends.succeed(attempt, success);
    });
    worker.on('completed', (job) => this.#report(kind, job));
    worker.on('failed', (job, error) => {
      // else it will be tried again
      if (job?.finishedOn) this.#report(kind, job, parseJobError(error.message));
    });
    worker.on('stalled', () => this.metrics.stalled(kind));
    worker.on('error', (error) => this.#failed(kind, error));
  }

  #publish(
    kind: JobKind,
    job: Pick<Job, 'id' | 'attemptsStarted' | 'data'>,
    event: FinalJobEvent,
  ): Promise<PublishedEnd> {
    const { id = '', attemptsStarted, data } = job;
    const left = { remains: spentJobData(data), trace: traceOf(job) };
    return this.shards.holding(id).ends.publish({ kind, jobId: id, attemptsStarted }, event, left);
  }

  #report(kind: JobKind, job: Job, failure?: JobError): void {
    this.#ended(kind, job, failure).catch((error: unknown) => {
      this.#logger.error(`the end of ${job.id} was not reported: ${String(error)}`);
    });
  }

  async #ended(kind: JobKind, job: Job, failure?: JobError): Promise<void> {
    const event: FinalJobEvent =
      failure === undefined ? { type: 'succeeded' } : { type: statusOf(failure), error: failure };
    let { published } = notesOf(job);
    if (published === undefined || published === 'unrecorded')
      published = await this.#quietly(() => this.#publish(kind, job, event));
    // A finish may win against an accepted cancel; the job is shown as cancelled all the same.
    const cancel = typeof published === 'object' ? published : undefined;
    const startedAt = job.processedOn ?? job.timestamp;
    this.metrics.finished({
      kind,
      status: cancel ? 'cancelled' : event.type,
      priority: priorityOf(job),
      errorCode: cancel?.reason ?? failure?.code,
      exemplar: exemplarOf(job),
      queuedSeconds: queuedMs(job, this.shards.holding(job.id ?? '').clock) / 1000,
      runSeconds: Math.max((job.finishedOn ?? startedAt) - startedAt, 0) / 1000,
    });
  }

  #failed(kind: JobKind, error: Error): void {
    if (isFenced(error)) {
      this.metrics.fenceRejected(kind);
      this.#logger.log(`a late finish was refused: ${error.message}`);
      return;
    }
    // With Redis away or full, BullMQ reports hundreds of errors per second.
    if (performance.now() - this.#lastErrorAt < 1000) return;
    this.#lastErrorAt = performance.now();
    this.#logger.warn(`queue ${kind}: ${error.message}`);
  }

  /** Events may be lost, the job's record may not: clients read it when a stream falls silent. */
  async #quietly<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#logger.warn(`an event was not sent: ${String(error)}`);
      return undefined;
    }
  }
}

function statusOf({ code }: JobError): 'cancelled' | 'failed' {
  return CancelReason.safeParse(code).success ? 'cancelled' : 'failed';
}

/** What BullMQ carries along says of the trace, which is exported if its flags are 01. */
const RECORDED_TRACE = /"traceparent":"00-([0-9a-f]{32})-[0-9a-f]{16}-01"/;

function exemplarOf({ id = '', opts }: Job): Record<string, string> {
  const [, traceId] = RECORDED_TRACE.exec(opts.telemetry?.metadata ?? '') ?? [];
  return { job_id: id, ...(traceId !== undefined && { trace_id: traceId }) };
}

/** How many jobs that have succeeded are kept; -1: all. */
function keptOf({ opts: { removeOnComplete } }: Job): number {
  if (typeof removeOnComplete === 'number') return removeOnComplete;
  return typeof removeOnComplete === 'object' ? (removeOnComplete.count ?? -1) : -1;
}

const PRIORITIES = new Map<number | undefined, string>(
  Object.entries(BULL_PRIORITY).map(([priority, number]) => [number, priority]),
);

function priorityOf({ opts: { priority } }: Job): string {
  return PRIORITIES.get(priority) ?? 'normal';
}
