import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { JobKind } from './job-id.js';
import type { CancelRecord } from './job-status.js';
import { Keys } from './keys.js';

const LEDGER_TTL_MS = 8 * 86_400_000;

/**
 * KEYS: job hash, ledger. ARGV: now, ttl ms, reason. A record that exists wins, so a cancel is idempotent; a finished job
 * cannot be cancelled. `ats` is BullMQ's attemptsStarted.
 */
const REQUEST_CANCEL = `
local known = redis.call('HGET', KEYS[2], 'cancel')
if known then return known end
local job = redis.call('HMGET', KEYS[1], 'timestamp', 'finishedOn', 'ats')
if not job[1] then return 'unknown' end
if job[2] then return 'finished' end
local record = cjson.encode({ at = tonumber(ARGV[1]), attempt = tonumber(job[3] or '0'), reason = ARGV[3] })
redis.call('HSET', KEYS[2], 'cancel', record)
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return record
`;

const CancelRecordJson = z.object({ at: z.number(), attempt: z.number(), reason: z.enum(['cancelled', 'superseded']) });
const CancelMessage = z.object({ jobId: z.string(), reason: z.enum(['cancelled', 'superseded']) });
export type CancelMessage = z.output<typeof CancelMessage>;

export type CancelOutcome = 'unknown' | 'finished' | CancelRecord;

export interface CancelListener {
  readonly onCancel: (message: CancelMessage) => void;
  /** The subscription is up (again): what was sent before is lost. */
  readonly onSubscribed: () => void;
}

/** Cancels jobs: a durable flag in the job's ledger, and a message to the worker that may run it. */
export class JobCancellation {
  readonly #keys: Keys;

  /** @param subscriber a connection of its own, needed only by processes that subscribe */
  constructor(
    private readonly redis: Redis,
    private readonly subscriber?: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /** Requests the cancellation of a job and tells the workers. */
  async request(kind: JobKind, jobId: string, reason: CancelRecord['reason'] = 'cancelled'): Promise<CancelOutcome> {
    const [seconds, micros] = await this.redis.time();
    const now = Math.floor(Number(seconds) * 1000 + Number(micros) / 1000);
    const keys = [this.#keys.job(kind, jobId), this.#keys.ledger(jobId)];
    const answer = await this.redis.eval(REQUEST_CANCEL, keys.length, ...keys, now, LEDGER_TTL_MS, reason);
    if (answer === 'unknown' || answer === 'finished') return answer;
    const record = parseCancelRecord(String(answer));
    const message: CancelMessage = { jobId, reason: record.reason };
    await this.redis.publish(this.#keys.cancelChannel, JSON.stringify(message));
    return record;
  }

  /** The durable records of those jobs that have one. */
  async readFlags(jobIds: readonly string[]): Promise<ReadonlyMap<string, CancelRecord>> {
    const pipeline = this.redis.pipeline();
    for (const jobId of jobIds) pipeline.hget(this.#keys.ledger(jobId), 'cancel');
    const flags = new Map<string, CancelRecord>();
    for (const [i, [error, record]] of ((await pipeline.exec()) ?? []).entries()) {
      if (error) throw error;
      const jobId = jobIds[i];
      if (typeof record === 'string' && jobId !== undefined) flags.set(jobId, parseCancelRecord(record));
    }
    return flags;
  }

  /** Listens for cancellations; goes on by itself across reconnects. */
  async subscribe(listener: CancelListener): Promise<void> {
    if (this.subscriber === undefined) throw new TypeError('subscribing needs a connection of its own');
    const channel = this.#keys.cancelChannel;
    this.subscriber.on('message', (from: string, text: string) => {
      if (from === channel) listener.onCancel(CancelMessage.parse(JSON.parse(text)));
    });
    this.subscriber.on('ready', () => listener.onSubscribed()); // ioredis subscribes again by itself
    await this.subscriber.subscribe(channel);
  }
}

/** A record as the ledger holds it. */
export function parseCancelRecord(text: string): CancelRecord {
  return CancelRecordJson.parse(JSON.parse(text));
}
