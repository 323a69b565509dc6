import type { Redis } from 'ioredis';
import { z } from 'zod';
import {
  type JobAttempt,
  cancelError,
  type CancelReason,
  type FinalJobEvent,
  type JobKind,
  type CancelRecord,
  leadingJobId,
  ofEachKind,
} from '#contract';
import { finishJobs, MOST_FINISHED_TOGETHER } from './bullmq/finish-jobs.lua.js';
import { CallsOfATurn } from './calls-of-a-turn.js';
import { parseCancelRecord } from './job-cancellation.js';
import { eventLimits } from './job-events.js';
import type { HeldAttempt } from './job-ledger.js';
import { Keys } from './keys.js';
import type { ScriptValue } from './scripts/redis-script.js';
import { endCancelledJob, endJob } from './scripts/end-job.lua.js';
import { parseStored } from './stored-json.js';
import { Wakes } from './wake.js';

/**
 * How a job succeeded, as BullMQ has recorded it. Times are milliseconds since 1970; `attempts` is BullMQ's
 * attemptsStarted.
 */
export const JobOutcome = z.strictObject({
  startedAt: z.number(),
  finishedAt: z.number(),
  attempts: z.int(),
  returnValue: z.unknown(),
});
export type JobOutcome = z.output<typeof JobOutcome>;

/**
 * What came of publishing an end: nothing as long as it is not on record, and a cancel that was accepted
 * before takes its place.
 */
export type PublishedEnd = 'published' | 'unrecorded' | CancelRecord;

interface JobEndListener {
  /** @param outcome of a job that has succeeded and was not cancelled; parsed only when it is asked for */
  readonly onEnd: (jobId: string, outcome: () => JobOutcome | undefined) => void;
  /** The subscription is up (again): what was sent before is lost. */
  readonly onSubscribed: () => void;
}

/** How an attempt has succeeded. */
interface Success {
  /** Its result, as JSON. */
  readonly value: string;
  /** So many of the newest jobs that have succeeded are kept; -1: all. */
  readonly kept: number;
  /** What stays of the job's data; all unless given. */
  readonly remains?: string | undefined;
  /** How the attempt went. */
  readonly trace?: string | undefined;
}

/** Thrown when what came out of an attempt is not recorded, with BullMQ's code for the reason. */
class FinishRefusedError extends Error {
  constructor(
    jobId: string,
    readonly code: number,
  ) {
    super(`the end of job ${jobId} was refused: ${REASONS[code] ?? `code ${code}`}`);
    this.name = new.target.name;
  }
}

const REASONS: Readonly<Record<number, string>> = {
  [-1]: 'there is no such job',
  [-2]: 'its lock has run out',
  [-3]: 'it is not active',
  [-6]: 'another attempt has it',
};

const SUCCEEDED = JSON.stringify({ type: 'succeeded' } satisfies FinalJobEvent);

/**
 * Lets followers and whoever waits know that a job has ended, once BullMQ has recorded it. Messages get lost:
 * they save their readers a look, but the truth is the job's record.
 */
export class JobEnds {
  readonly #keys: Keys;
  readonly #successes: Readonly<Record<JobKind, CallsOfATurn<readonly ScriptValue[], unknown>>>;

  /** @param subscriber a connection of its own, needed only by processes that listen */
  constructor(
    private readonly redis: Redis,
    private readonly subscriber?: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
    this.#successes = ofEachKind(
      (kind) => new CallsOfATurn((jobs) => this.#finishTogether(kind, jobs), MOST_FINISHED_TOGETHER),
    );
  }

  /**
   * Publishes the end of an attempt if it is on record, once, and nothing otherwise.
   * @param event the job's last, unless a cancel was accepted before it ended
   * @param left what stays of the job from then on: of its data, all unless given, and how the attempt went
   */
  async publish(
    attempt: JobAttempt,
    event: FinalJobEvent,
    { remains = '', trace = '' }: { readonly remains?: string | undefined; readonly trace?: string | undefined } = {},
  ): Promise<PublishedEnd> {
    const { kind, jobId, attemptsStarted } = attempt;
    const { maxLength, ttlSeconds } = eventLimits(kind);
    const stored = [event.type, JSON.stringify(event), maxLength, ttlSeconds];
    const channels = [this.#keys.endChannel(kind), this.#keys.webhookChannel];
    const values = [...stored, ...channels, jobId, attemptsStarted, remains, trace];
    const answer = await endJob.run(this.redis, this.#keysOf(kind, jobId), values);
    return answer === 'published' || answer === 'unrecorded' ? answer : parseCancelRecord(String(answer));
  }

  /**
   * Records that an attempt has succeeded and publishes the end of its job, both or neither; those of one
   * turn of the event loop travel together.
   * @returns `unrecorded` when it is on record, but could not be published
   * @throws FinishRefusedError when the attempt does not hold the job: nothing is recorded
   */
  async succeed({ kind, ...attempt }: HeldAttempt, success: Success): Promise<PublishedEnd> {
    const { value, kept, remains = '', trace = '' } = success;
    const { jobId, token, attemptsStarted } = attempt;
    const answer = await this.#successes[kind].make([jobId, token, attemptsStarted, value, remains, trace, kept]);
    if (typeof answer === 'number') throw new FinishRefusedError(jobId, answer);
    if (answer === 'unpublished') return 'unrecorded';
    return answer === 'published' ? answer : parseCancelRecord(String(answer));
  }

  async #finishTogether(kind: JobKind, jobs: readonly (readonly ScriptValue[])[]): Promise<readonly unknown[]> {
    const lists = ['active', 'stalled', 'completed', 'metrics:completed'].map((list) => this.#keys.job(kind, list));
    const { awaitedWebhooks, endedWebhooks, webhookChannel } = this.#keys;
    const beginnings = [this.#keys.job(kind, ''), this.#keys.ledger(''), this.#keys.events('')];
    const { maxLength, ttlSeconds } = eventLimits(kind);
    const ends = [SUCCEEDED, maxLength, ttlSeconds, this.#keys.endChannel(kind), webhookChannel];
    const keys = [...lists, awaitedWebhooks, endedWebhooks];
    return z
      .array(z.unknown())
      .parse(await finishJobs.runByHash(this.redis, keys, [...beginnings, ...ends, ...jobs.flat()]));
  }

  /** Publishes the end of a job whose cancel was accepted while it ran nowhere, once. */
  async publishCancelled(kind: JobKind, jobId: string, reason: CancelReason): Promise<void> {
    const { maxLength, ttlSeconds } = eventLimits(kind);
    const event: FinalJobEvent = { type: 'cancelled', error: cancelError(reason) };
    const channels = [this.#keys.endChannel(kind), jobId, this.#keys.webhookChannel];
    const values = [JSON.stringify(event), maxLength, ttlSeconds, ...channels];
    await endCancelledJob.run(this.redis, this.#keysOf(kind, jobId), values);
  }

  /** Listens for the ends of one kind's jobs; goes on by itself across reconnects. */
  async subscribe(kind: JobKind, { onEnd, onSubscribed }: JobEndListener): Promise<void> {
    if (this.subscriber === undefined) throw new TypeError('subscribing needs a connection of its own');
    await new Wakes(this.subscriber).subscribe(this.#keys.endChannel(kind), (text) => {
      if (text === undefined) return onSubscribed();
      const jobId = leadingJobId(text);
      if (jobId === undefined) return; // of no job
      onEnd(jobId, () => parseOutcome(text.slice(jobId.length)));
    });
  }

  #keysOf(kind: JobKind, jobId: string): string[] {
    const { awaitedWebhooks, endedWebhooks } = this.#keys;
    const ofJob = [this.#keys.ledger(jobId), this.#keys.events(jobId), this.#keys.job(kind, jobId)];
    return [...ofJob, awaitedWebhooks, endedWebhooks];
  }
}

/** Undefined for what another release has written otherwise: then the job's record is read. */
function parseOutcome(text: string): JobOutcome | undefined {
  return text === '' ? undefined : parseStored(JobOutcome, text);
}
