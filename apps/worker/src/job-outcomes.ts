import { Injectable, Logger } from '@nestjs/common';
import type { Job, Worker as BullWorker } from 'bullmq';
import {
  BULL_PRIORITY,
  JobEnds,
  parseJobError,
  type JobError,
  type FinalJobEvent,
  type JobKind,
  type JobOutcome,
} from '#jobs';
import { JobMetrics } from '#metrics';

/** BullMQ's answers to a finish without the lock, or with another attempt's. */
const FENCE_CODES: ReadonlySet<number> = new Set([-2, -6]);
const CANCEL_CODES: ReadonlySet<string> = new Set(['cancelled', 'superseded']);

/** Tells clients and Prometheus how jobs ended, once BullMQ has recorded it: an event never runs ahead of the truth. */
@Injectable()
export class JobOutcomes {
  readonly #logger = new Logger(JobOutcomes.name);
  #lastErrorAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly ends: JobEnds,
    private readonly metrics: JobMetrics,
  ) {}

  watch(worker: BullWorker, kind: JobKind): void {
    worker.on('completed', (job, returnValue) => void this.#ended(kind, job, undefined, outcomeOf(job, returnValue)));
    worker.on('failed', (job, error) => {
      if (job?.finishedOn) void this.#ended(kind, job, parseJobError(error.message)); // else it will be tried again
    });
    worker.on('stalled', () => this.metrics.stalled(kind));
    worker.on('error', (error) => this.#failed(kind, error));
  }

  async #ended(kind: JobKind, job: Job, failure: JobError | undefined, outcome?: JobOutcome): Promise<void> {
    const event: FinalJobEvent =
      failure === undefined ? { type: 'succeeded' } : { type: statusOf(failure), error: failure };
    // A finish may win against an accepted cancel; the job is shown as cancelled all the same.
    const cancel = await this.#quietly(() => this.ends.tell(kind, job.id ?? '', event, outcome));
    const startedAt = job.processedOn ?? job.timestamp;
    this.metrics.finished({
      kind,
      status: cancel ? 'cancelled' : event.type,
      priority: priorityOf(job),
      errorCode: cancel?.reason ?? failure?.code,
      queuedSeconds: Math.max(startedAt - job.timestamp, 0) / 1000,
      runSeconds: Math.max((job.finishedOn ?? startedAt) - startedAt, 0) / 1000,
    });
  }

  #failed(kind: JobKind, error: Error): void {
    if ('code' in error && typeof error.code === 'number' && FENCE_CODES.has(error.code)) {
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

function outcomeOf(job: Job, returnValue: unknown): JobOutcome | undefined {
  const { processedOn, finishedOn, attemptsStarted } = job;
  if (processedOn === undefined || finishedOn === undefined) return undefined;
  return { startedAt: processedOn, finishedAt: finishedOn, attempts: attemptsStarted, returnValue };
}

function statusOf({ code }: JobError): 'cancelled' | 'failed' {
  return CANCEL_CODES.has(code) ? 'cancelled' : 'failed';
}

function priorityOf(job: Job): string {
  const found = Object.entries(BULL_PRIORITY).find(([, number]) => number === job.opts.priority);
  return found?.[0] ?? 'normal';
}
