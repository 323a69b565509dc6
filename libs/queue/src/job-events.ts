import type { Redis } from 'ioredis';
import {
  type JobAttempt,
  KINDS,
  type JobKind,
  JobEvent,
  type PlainJobEvent,
  type TrainingMetricsEvent,
} from '#contract';
import { Keys } from './keys.js';
import { LIFETIMES } from './lifetimes.js';
import { parseStored, unlessWrongType } from './stored-json.js';
import { publishEvent } from './scripts/publish-event.lua.js';
import { publishMetrics } from './scripts/publish-metrics.lua.js';

/** An event with its place in the stream, for Last-Event-ID. */
export interface StoredJobEvent {
  readonly id: string;
  readonly event: JobEvent;
}

/** How many events a job's stream keeps, and for how long after the last one. */
export function eventLimits(kind: JobKind): { readonly maxLength: number; readonly ttlSeconds: number } {
  const { maxLength, ms } = KINDS[kind].events;
  return { maxLength, ttlSeconds: ms / 1_000 };
}

/** Well-formed ids of stream entries. */
export const EVENT_ID_PATTERN = /^\d{1,20}-\d{1,20}$/;

/** One Redis stream per job is the truth; a PUBLISH on the same key only wakes its readers. */
export class JobEvents {
  readonly #keys: Keys;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /** The key of a job's stream, which is also the channel that wakes its readers. */
  keyOf(jobId: string): string {
    return this.#keys.events(jobId);
  }

  /**
   * Publishes an event of an attempt; false when the attempt is over: another one has the job, or its end was
   * published.
   */
  async publish({ kind, jobId, attemptsStarted }: JobAttempt, event: PlainJobEvent): Promise<boolean> {
    const { maxLength, ttlSeconds } = eventLimits(kind);
    const keys = [this.keyOf(jobId), this.#keys.job(kind, jobId)];
    const values = [event.type, JSON.stringify(event), maxLength, ttlSeconds, attemptsStarted];
    return (await publishEvent.run(this.redis, keys, values)) === 1;
  }

  /**
   * Appends a log point of a training run, unless the attempt is over or its step was published before;
   * whether it was appended.
   */
  async publishMetrics({ kind, jobId, attemptsStarted }: JobAttempt, event: TrainingMetricsEvent): Promise<boolean> {
    const { maxLength, ttlSeconds } = eventLimits(kind);
    const keys = [this.keyOf(jobId), this.#keys.job(kind, jobId), this.#keys.ledger(jobId)];
    const values = [event.step, JSON.stringify(event), maxLength, ttlSeconds, attemptsStarted, LIFETIMES.ledgerMs];
    return (await publishMetrics.run(this.redis, keys, values)) === 1;
  }

  /**
   * The events after `lastEventId`, oldest first, without those that cannot be read, such as a newer
   * release's.
   */
  async read(jobId: string, lastEventId = '0-0'): Promise<StoredJobEvent[]> {
    const stored = this.redis.xrange(this.keyOf(jobId), `(${lastEventId}`, '+');
    const entries = await unlessWrongType(stored, [], () => undefined);
    return entries.flatMap(([id, fields]) => {
      const event = parseEvent(fields);
      return event === undefined ? [] : [{ id, event }];
    });
  }
}

function parseEvent(fields: readonly string[]): JobEvent | undefined {
  const data = fields[fields.indexOf('data') + 1];
  return parseStored(JobEvent, data);
}
