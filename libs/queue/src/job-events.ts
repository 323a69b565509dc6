import type { Redis } from 'ioredis';
import { type JobAttempt, KINDS, type JobKind, JobEvent, type ProgressEvent } from '#contract';
import { Keys } from './keys.js';
import { LIFETIMES } from './lifetimes.js';
import { parseStored, unlessWrongType } from './stored-json.js';
import { publishProgress } from './scripts/publish-progress.lua.js';

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
   * Publishes how far an attempt has come, and answers how many listened. Undefined when the attempt is over,
   * because another one has the job or its end was published; or when another attempt had come as far: a
   * follower's progress never goes back.
   * @param trace how the attempt went so far, which the job's record then holds
   */
  async publish(
    { kind, jobId, attemptsStarted }: JobAttempt,
    event: ProgressEvent,
    trace = '',
  ): Promise<number | undefined> {
    const { maxLength, ttlSeconds } = eventLimits(kind);
    const keys = [this.keyOf(jobId), this.#keys.job(kind, jobId), this.#keys.ledger(jobId)];
    const own = [event.type, JSON.stringify(event), maxLength, ttlSeconds, attemptsStarted];
    const { field, place } = progressOf(event);
    const values = [...own, place, field, LIFETIMES.ledgerMs, trace];
    const listeners = Number(await publishProgress.run(this.redis, keys, values));
    return listeners < 0 ? undefined : listeners;
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

const FIELDS = { preview: 'shown', metrics: 'told', samples: 'drawn' } as const;

/** How far the job has come, and where the ledger holds what was published of it last. */
function progressOf(event: ProgressEvent): { readonly field: string; readonly place: number } {
  if (event.type === 'step') return { field: 'told', place: event.completedSteps };
  return { field: FIELDS[event.type], place: event.step };
}

function parseEvent(fields: readonly string[]): JobEvent | undefined {
  const data = fields[fields.indexOf('data') + 1];
  return parseStored(JobEvent, data);
}
