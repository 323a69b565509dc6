import { SpanKind, TelemetryAttributes, type JobsOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { addJobs, MOST_ADDED_TOGETHER } from './bullmq/add-jobs.lua.js';
import { CallsOfATurn } from './calls-of-a-turn.js';
import type { GatedQueue } from './gated-queue.js';
import type { IdempotencyClaim } from './idempotency-records.js';
import { eventLimits } from './job-events.js';
import { DEFAULT_OWNER, jobOwner, jobSize, jobWarnings, ofEachKind, type JobKind } from '#contract';
import { Keys } from './keys.js';
import { LIFETIMES } from './lifetimes.js';
import type { ScriptValue } from './scripts/redis-script.js';
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

/** Keys and values of one job, as the script takes them. */
interface JobToAdd {
  readonly keys: readonly string[];
  readonly values: readonly ScriptValue[];
}

/**
 * `added`: at this time of Redis' clock, in milliseconds since 1970. `present`: the id has a job already.
 * `taken`: another request with the same key was quicker, and nothing was added.
 */
export type AddedJob =
  { readonly outcome: 'added'; readonly acceptedAt: number } | { readonly outcome: 'present' | 'taken' };

/**
 * Puts jobs into their queues: the job, its place in the index, its first event and its idempotency record
 * are there together, or none is. Those of one kind and one turn of the event loop travel together.
 */
export class NewJobs {
  readonly #keys: Keys;
  readonly #additions: Readonly<Record<JobKind, CallsOfATurn<JobToAdd, unknown>>>;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
    this.#additions = ofEachKind(
      (kind) => new CallsOfATurn((jobs) => this.#addTogether(kind, jobs), MOST_ADDED_TOGETHER),
    );
  }

  /**
   * @throws QueueUnavailableError while Redis is away; OutcomeUnknownError when it does not answer within
   * 2 s: what is not added by then never will be, however late the command arrives
   */
  async add(queue: GatedQueue, job: NewJob): Promise<AddedJob> {
    queue.requireReady();
    // as BullMQ's own `add` does: what it carries along with the job leads its worker to this trace
    return queue.queue.trace(SpanKind.PRODUCER, 'add', job.kind, (span, metadata) => {
      if (metadata === undefined) return this.#add(queue, job);
      span?.setAttributes({ [TelemetryAttributes.JobId]: job.jobId });
      const webhook = job.webhook && { ...job.webhook, trace: metadata };
      return this.#add(queue, { ...job, webhook, options: { ...job.options, telemetry: { metadata } } });
    });
  }

  async #add(queue: GatedQueue, { kind, jobId, data, options, claim, webhook }: NewJob): Promise<AddedJob> {
    const { priority, sizeLimit = Infinity } = options;
    if (!priority) throw new TypeError('jobs are added with a priority');
    const text = JSON.stringify(data);
    if (Buffer.byteLength(text) > sizeLimit) throw new RangeError(`a job's data take more than ${sizeLimit} bytes`);
    const owner = jobOwner(data);
    const isListed = owner !== DEFAULT_OWNER;
    const warnings = jobWarnings(data);
    const values = [
      jobId,
      text,
      optionsText(options),
      priority,
      claim?.fingerprint ?? '',
      jobSize(data)?.rows ?? '',
      isListed ? owner : '',
      webhook ? JSON.stringify(webhook) : '',
      warnings.length > 0 ? JSON.stringify(warnings) : '',
    ];
    const keys = [this.#keys.job(kind, jobId), this.#keys.events(jobId), this.#keys.ledger(jobId)];
    if (isListed) keys.push(this.#keys.index(kind, owner));
    if (claim) keys.push(this.#keys.idempotency(claim.scope, claim.key));
    const [outcome, acceptedAt] = await doInTime(this.redis, {
      send: async (deadline) => Answer.parse(await this.#additions[kind].make({ keys, values: [...values, deadline] })),
      isLate: ([answer]) => answer === 'late',
    });
    if (outcome === 'late') throw new TypeError('a late answer was let through');
    return outcome === 'added' ? { outcome, acceptedAt } : { outcome };
  }

  /** What came of each job, in order: the answer of the script, or an error. */
  async #addTogether(kind: JobKind, jobs: readonly JobToAdd[]): Promise<readonly unknown[]> {
    const { awaitedWebhooks, owners } = this.#keys;
    const lists = ['prioritized', 'pc', 'marker', 'meta'].map((list) => this.#keys.job(kind, list));
    const keys = [...lists, this.#keys.index(kind), awaitedWebhooks, owners, ...jobs.flatMap((job) => job.keys)];
    const { maxLength, ttlSeconds } = eventLimits(kind);
    const common = [kind, QUEUED, maxLength, ttlSeconds, LIFETIMES.idempotencyMs];
    const values = jobs.flatMap((job) => job.values);
    return z.array(z.unknown()).parse(await addJobs.runByHash(this.redis, keys, [...common, ...values]));
  }
}

const optionTexts = new WeakMap<JobsOptions, string>();

/** As BullMQ stores and names them, but without the id: jobs have them in common, and name them once. */
function optionsText(options: JobsOptions): string {
  const known = optionTexts.get(options);
  if (known !== undefined) return known;
  const { priority, sizeLimit = Infinity, telemetry, ...others } = options;
  const text = JSON.stringify({ ...others, priority, sizeLimit, tm: telemetry?.metadata });
  optionTexts.set(options, text);
  return text;
}

const QUEUED = JSON.stringify({ type: 'queued' });
const Answer = z.tuple([z.enum(['added', 'present', 'taken', 'late']), z.int()]);
