import type { Redis } from 'ioredis';
import type { JobKind } from './job-id.js';
import { JobEvent } from './job-event.js';
import { Keys } from './keys.js';

/** An event with its place in the stream, for Last-Event-ID. */
export interface StoredJobEvent {
  readonly id: string;
  readonly event: JobEvent;
}

const MAX_EVENTS = 2_000;
/** A day of sampling streams at 500 jobs/s would be 43 million keys; a training run is looked at for days. */
const TTL_SECONDS: Readonly<Record<JobKind, number>> = { sampling: 120, training: 7 * 86_400 };

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

  /** Appends events in order, in one round trip. */
  async publish(kind: JobKind, jobId: string, ...events: readonly JobEvent[]): Promise<void> {
    const key = this.keyOf(jobId);
    const pipeline = this.redis.pipeline();
    for (const event of events)
      pipeline.xadd(key, 'MAXLEN', '~', MAX_EVENTS, '*', 'type', event.type, 'data', JSON.stringify(event));
    await pipeline.expire(key, TTL_SECONDS[kind]).publish(key, '').exec();
  }

  /** The events after `lastEventId`, oldest first. */
  async read(jobId: string, lastEventId = '0-0', limit = MAX_EVENTS): Promise<StoredJobEvent[]> {
    const entries = await this.redis.xrange(this.keyOf(jobId), `(${lastEventId}`, '+', 'COUNT', limit);
    return entries.map(([id, fields]) => ({ id, event: parseEvent(fields) }));
  }
}

function parseEvent(fields: readonly string[]): JobEvent {
  const data = fields[fields.indexOf('data') + 1];
  return JobEvent.parse(JSON.parse(data ?? 'null'));
}
