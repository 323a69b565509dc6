import type { Redis } from 'ioredis';
import { z } from 'zod';
import { CancelReason, type JobKind, type CancelRecord } from '#contract';
import { Keys } from './keys.js';
import { LIFETIMES } from './lifetimes.js';
import { parseStored, unlessWrongType } from './stored-json.js';
import { requestCancel } from './scripts/request-cancel.lua.js';
import { doInTime } from './timely-command.js';
import { Wakes } from './wake.js';

const CancelRecordJson = z.object({ at: z.number(), attempt: z.number(), reason: CancelReason });
const CancelMessage = z.object({ jobId: z.string(), reason: CancelReason });
type CancelMessage = z.output<typeof CancelMessage>;

type CancelOutcome = 'unknown' | 'finished' | CancelRecord;

interface CancelListener {
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

  /**
   * Requests the cancellation of a job and wakes the workers.
   * @throws QueueUnavailableError while Redis is away; OutcomeUnknownError when it does not answer within
   * 2 s: a job that is not cancelled by then never will be by this request, however late it arrives
   */
  async request(kind: JobKind, jobId: string, reason: CancelReason = 'cancelled'): Promise<CancelOutcome> {
    const lists = ['prioritized', 'delayed', 'marker'].map((list) => this.#keys.job(kind, list));
    const keys = [this.#keys.job(kind, jobId), this.#keys.ledger(jobId), ...lists];
    const answer = await doInTime(this.redis, {
      send: (deadline) => requestCancel.run(this.redis, keys, [LIFETIMES.ledgerMs, reason, deadline, jobId]),
      isLate: (answered) => answered === 'late',
    });
    if (answer === 'unknown' || answer === 'finished') return answer;
    const record = parseCancelRecord(String(answer));
    const message: CancelMessage = { jobId, reason: record.reason };
    await this.redis.publish(this.#keys.cancelChannel, JSON.stringify(message));
    return record;
  }

  /** The durable records of those jobs that have one that can be read. */
  async readFlags(jobIds: readonly string[]): Promise<ReadonlyMap<string, CancelRecord>> {
    const flags = new Map<string, CancelRecord>();
    const read = (jobId: string) => this.redis.hget(this.#keys.ledger(jobId), 'cancel');
    const records = await Promise.all(jobIds.map((jobId) => unlessWrongType(read(jobId), null, () => undefined)));
    for (const [i, jobId] of jobIds.entries()) {
      const record = findCancelRecord(records[i]);
      if (record !== undefined) flags.set(jobId, record);
    }
    return flags;
  }

  /** Listens for cancellations; goes on by itself across reconnects. */
  async subscribe(listener: CancelListener): Promise<void> {
    if (this.subscriber === undefined) throw new TypeError('subscribing needs a connection of its own');
    await new Wakes(this.subscriber).subscribe(this.#keys.cancelChannel, (text) => {
      if (text === undefined) return listener.onSubscribed();
      const message = parseStored(CancelMessage, text); // anything else must not end a process that listens
      if (message !== undefined) listener.onCancel(message);
    });
  }
}

/** A record that may be missing or damaged. */
export function findCancelRecord(text: string | null | undefined): CancelRecord | undefined {
  return parseStored(CancelRecordJson, text);
}

/** A record as the ledger holds it. */
export function parseCancelRecord(text: string): CancelRecord {
  return CancelRecordJson.parse(JSON.parse(text));
}
