import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { JobsOptions } from 'bullmq';
import { IdempotencyRecords, JobEvents, newJobId, type IdempotencyClaim, type JobKind } from '#jobs';
import { JobIndex } from '../queue/job-index.js';
import { JobReader } from '../queue/job-reader.js';
import { QueueConnection } from '../queue/queue-connection.js';
import type { StoredJob } from '../queue/stored-job.js';

// All requests are one tenant's until there are API keys.
const TENANT = 'anonymous';

export interface Claimed extends IdempotencyClaim {
  /** Tells the record that the job exists now. */
  readonly accept: () => void;
}

/** Puts jobs into the queues, each at most once per Idempotency-Key. */
@Injectable()
export class JobSubmission {
  private readonly logger = new Logger(JobSubmission.name);

  constructor(
    private readonly connection: QueueConnection,
    private readonly records: IdempotencyRecords,
    private readonly events: JobEvents,
    private readonly index: JobIndex,
    private readonly reader: JobReader,
  ) {}

  /**
   * The id that this request's job has or will have.
   * @param request the validated body
   * @throws InputError `idempotency_key_reused`
   */
  async claim(kind: JobKind, request: unknown, key: string | undefined): Promise<Claimed> {
    this.connection.requireReady();
    const jobId = newJobId(kind);
    if (key === undefined) return { jobId, state: 'new', accept: () => undefined };
    const scope = `${TENANT}:${kind}`;
    const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('hex');
    const claim = await this.records.claim(scope, key, { fingerprint, newJobId: jobId });
    return { accept: () => this.accept(scope, key), ...claim };
  }

  /** The job of an earlier request with the same key; undefined when there was none, or when its job is gone. */
  async replay(kind: JobKind, { jobId, state }: Claimed): Promise<StoredJob | undefined> {
    return state === 'accepted' ? this.reader.read(kind, jobId) : undefined;
  }

  /**
   * Adds the job; everything travels in one round trip, and the `queued` event before the job, so that no worker's comes first.
   * @throws QueueUnavailableError: then the outcome is unknown, and a repeat with the same key finds out
   */
  async add(kind: JobKind, claim: Claimed, data: unknown, options: JobsOptions): Promise<StoredJob> {
    const { jobId } = claim;
    const companions = [this.events.publish(kind, jobId, { type: 'queued' }), this.index.add(kind, jobId)];
    const added = this.connection.queues[kind].add(kind, data, { jobId, ...options });
    // The job is what counts; a list or a stream that misses it is no reason to refuse what the queue has taken.
    const [outcome] = await Promise.allSettled([added, ...companions]);
    if (outcome.status === 'rejected') throw outcome.reason;
    claim.accept();
    return claim.state === 'new'
      ? freshJob(kind, jobId, data, outcome.value.timestamp)
      : await this.present(kind, jobId);
  }

  private async present(kind: JobKind, jobId: string): Promise<StoredJob> {
    const job = await this.reader.read(kind, jobId);
    if (job === undefined) throw new TypeError(`job ${jobId} was added and is gone`);
    return job;
  }

  /** Nobody waits for this: a record that stays `claimed` leads a repeat to the same job, only for a shorter time. */
  private accept(scope: string, key: string): void {
    this.records
      .accepted(scope, key)
      .catch((error: unknown) => this.logger.debug(`not marked accepted: ${String(error)}`));
  }
}

/** A job that was added a moment ago, without asking Redis again. */
function freshJob(kind: JobKind, id: string, data: unknown, createdAt: number): StoredJob {
  return {
    id,
    kind,
    state: 'waiting',
    data,
    createdAt,
    startedAt: undefined,
    finishedAt: undefined,
    attempts: 0,
    failedReason: undefined,
    returnValue: undefined,
    worker: undefined,
    cancel: undefined,
    pausedAt: undefined,
    checkpoint: undefined,
    queuePosition: undefined,
    newestEvents: [],
  };
}
