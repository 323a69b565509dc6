import { SpanKind, TelemetryAttributes, type JobsOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { addCommand } from './bullmq/add-command.js';
import { addTogether, MOST_ADDED_TOGETHER, type JobToAdd } from './bullmq/add-job.lua.js';
import { CallsOfATurn } from './calls-of-a-turn.js';
import type { GatedQueue } from './gated-queue.js';
import type { IdempotencyClaim } from './idempotency-records.js';
import { eventLimits } from './job-events.js';
import { DEFAULT_OWNER, jobOwner, jobSize, type JobKind } from '#contract';
import { Keys } from './keys.js';
import { LIFETIMES } from './lifetimes.js';
import { doInTime } from './timely-command.js';
import type { WebhookTerms } from './webhooks/webhook-outbox.js';

interface NewJob {
  readonly kind: JobKind;
  readonly jobId: string;
  readonly data: unknown;
  /** BullMQ's, with a priority. */
  readonly options: JobsOptions;
  /** The Idempotency-Key that leads repeats to this job. */
  readonly claim?: IdempotencyClaim;
  /** Where its end is to be reported. */
  readonly webhook?: WebhookTerms | undefined;
}

/**
 * `added`: at this time of Redis' clock, in milliseconds since 1970. `present`: the id has a job already.
 * `taken`: another request with the same key was quicker, and nothing was added.
 */
export type AddedJob =
  { readonly outcome: 'added'; readonly acceptedAt: number } | { readonly outcome: 'present' | 'taken' };

/**
 * Puts jobs into their queues: the job, its place in the index, its first event and its idempotency record
 * are there together, or none is. Those of one turn of the event loop travel together.
 */
export class NewJobs {
  readonly #keys: Keys;
  readonly #additions: CallsOfATurn<JobToAdd, unknown>;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
    this.#additions = new CallsOfATurn((jobs) => addTogether(redis, jobs), MOST_ADDED_TOGETHER);
  }

  /**
   * @throws QueueUnavailableError while Redis is away; OutcomeUnknownError when it does not answer within
   * 2 s: what is not added by then never will be, however late the command arrives
   */
  async add(queue: GatedQueue, job: NewJob): Promise<AddedJob> {
    await queue.requireReady();
    // as BullMQ's own `add` does: what it carries along with the job leads its worker to this trace
    return queue.queue.trace(SpanKind.PRODUCER, 'add', job.kind, (span, metadata) => {
      if (metadata === undefined) return this.#add(queue, job);
      span?.setAttributes({ [TelemetryAttributes.JobId]: job.jobId });
      const webhook = job.webhook && { ...job.webhook, trace: metadata };
      return this.#add(queue, { ...job, webhook, options: { ...job.options, telemetry: { metadata } } });
    });
  }

  async #add(queue: GatedQueue, { kind, jobId, data, options, claim, webhook }: NewJob): Promise<AddedJob> {
    const bull = await addCommand(queue.queue, { jobId, data, options });
    const { maxLength, ttlSeconds } = eventLimits(kind);
    const ownKeys = [
      this.#keys.job(kind, jobId),
      this.#keys.events(jobId),
      this.#keys.index(kind),
      this.#keys.ledger(jobId),
      this.#keys.awaitedWebhooks,
    ];
    const owner = jobOwner(data);
    const isListed = owner !== DEFAULT_OWNER;
    const lists = isListed ? [this.#keys.index(kind, owner), this.#keys.owners] : [];
    const record = claim ? [this.#keys.idempotency(claim.scope, claim.key)] : [];
    const keys = [...bull.keys, ...ownKeys, ...lists, ...record];
    const event = JSON.stringify({ type: 'queued' });
    const rows = jobSize(data)?.rows ?? '';
    const own = [
      jobId,
      event,
      maxLength,
      ttlSeconds,
      claim?.fingerprint ?? '',
      LIFETIMES.idempotencyMs,
      rows,
      isListed ? owner : '',
      webhook ? JSON.stringify(webhook) : '',
    ];
    const [outcome, acceptedAt] = await doInTime(this.redis, {
      send: async (deadline) =>
        Answer.parse(await this.#additions.make({ keys, values: [...bull.values, ...own, deadline] })),
      isLate: ([answer]) => answer === 'late',
    });
    if (outcome === 'late') throw new TypeError('a late answer was let through');
    return outcome === 'added' ? { outcome, acceptedAt } : { outcome };
  }
}

const Answer = z.tuple([z.enum(['added', 'present', 'taken', 'late']), z.int()]);
