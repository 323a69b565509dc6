import type { Redis } from 'ioredis';
import { z } from 'zod';
import { Keys } from './keys.js';

const LEDGER_TTL_MS = 8 * 86_400_000;

/** Where a training checkpoint lies. */
export const CheckpointPointer = z.object({ step: z.int().min(0), sha256: z.string(), bytes: z.int().min(0) });
export type CheckpointPointer = z.output<typeof CheckpointPointer>;

/** A running attempt: the lock token and BullMQ's attemptsStarted, which together name it; tokens alone are used again. */
export interface Attempt {
  readonly queue: string;
  readonly jobId: string;
  readonly token: string;
  readonly attemptsStarted: number;
}

export interface StartCounters {
  /** Starts without an orderly end since the last progress, this one included. */
  readonly starts: number;
  readonly solo: number;
}

/** KEYS: job lock, job hash, ledger. ARGV: token, attemptsStarted, pointer, ttl ms. Progress resets the poison counters. */
const ADVANCE_CHECKPOINT = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('HGET', KEYS[2], 'ats') ~= ARGV[2] then return 0 end
local newest = redis.call('HGET', KEYS[3], 'checkpoint')
if newest then redis.call('HSET', KEYS[3], 'previous', newest) end
redis.call('HSET', KEYS[3], 'checkpoint', ARGV[3], 'starts', 0, 'solo', 0)
redis.call('PEXPIRE', KEYS[3], ARGV[4])
return 1
`;

/** What must outlive an attempt and that BullMQ does not fence: poison counters and checkpoint pointers of a job. */
export class JobLedger {
  readonly #keys: Keys;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /** Counts a start whose end is unknown until `endedOrderly`. */
  async started(jobId: string, counter: keyof StartCounters = 'starts'): Promise<StartCounters> {
    const key = this.#keys.ledger(jobId);
    const answers = await this.redis
      .multi()
      .hincrby(key, counter, 1)
      .hmget(key, 'starts', 'solo')
      .pexpire(key, LEDGER_TTL_MS)
      .exec();
    const counters = answers?.[1]?.[1];
    const [starts, solo] = Array.isArray(counters) ? counters : [];
    return { starts: Number(starts ?? 0), solo: Number(solo ?? 0) };
  }

  /** The attempt ended by itself, whatever its outcome: it was not the job that killed a worker. */
  async endedOrderly(jobId: string): Promise<void> {
    await this.redis.hdel(this.#keys.ledger(jobId), 'starts', 'solo');
  }

  /** Points to a new checkpoint; false when the attempt no longer holds the job. */
  async advanceCheckpoint(attempt: Attempt, pointer: CheckpointPointer): Promise<boolean> {
    const { queue, jobId, token, attemptsStarted } = attempt;
    const keys = [this.#keys.lock(queue, jobId), this.#keys.job(queue, jobId), this.#keys.ledger(jobId)];
    const values = [token, String(attemptsStarted), JSON.stringify(pointer), LEDGER_TTL_MS];
    return (await this.redis.eval(ADVANCE_CHECKPOINT, keys.length, ...keys, ...values)) === 1;
  }

  /** Newest checkpoint first. */
  async checkpoints(jobId: string): Promise<CheckpointPointer[]> {
    const pointers = await this.redis.hmget(this.#keys.ledger(jobId), 'checkpoint', 'previous');
    return pointers.flatMap((text) => (text === null ? [] : [CheckpointPointer.parse(JSON.parse(text))]));
  }
}
