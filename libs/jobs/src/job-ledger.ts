import type { Redis } from 'ioredis';
import { z } from 'zod';
import { advanceCheckpoint } from './advance-checkpoint.lua.js';
import { parseCancelRecord } from './job-cancellation.js';
import type { CancelRecord } from './job-status.js';
import { Keys, LEDGER_TTL_MS } from './keys.js';

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

/** What is known of a job when an attempt starts. */
export interface StartRecord {
  /** Starts without an orderly end since the last progress, this one included. */
  readonly starts: number;
  /** Those of them before this one in which the job ran alone. */
  readonly solo: number;
  /** Of the cancel that was accepted before, if one was. */
  readonly cancel: CancelRecord | undefined;
}

/** What must outlive an attempt and that BullMQ does not fence: poison counters and checkpoint pointers of a job. */
export class JobLedger {
  readonly #keys: Keys;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /** Counts a start whose end is unknown until `endedOrderly`, or until the end of the job is told. */
  async started(jobId: string): Promise<StartRecord> {
    const key = this.#keys.ledger(jobId);
    const [, [starts, solo, cancel]] = await Promise.all([
      this.redis.hincrby(key, 'starts', 1),
      this.redis.hmget(key, 'starts', 'solo', 'cancel'),
      this.redis.pexpire(key, LEDGER_TTL_MS),
    ]);
    return {
      starts: Number(starts ?? 0),
      solo: Number(solo ?? 0),
      cancel: typeof cancel === 'string' ? parseCancelRecord(cancel) : undefined,
    };
  }

  /** Counts that a start whose end is unknown runs the job alone: call when nothing else is there, before its first step. */
  async startedAlone(jobId: string): Promise<void> {
    const key = this.#keys.ledger(jobId);
    await Promise.all([this.redis.hincrby(key, 'solo', 1), this.redis.pexpire(key, LEDGER_TTL_MS)]);
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
    return (await advanceCheckpoint.run(this.redis, keys, values)) === 1;
  }

  /** Newest checkpoint first. */
  async checkpoints(jobId: string): Promise<CheckpointPointer[]> {
    const pointers = await this.redis.hmget(this.#keys.ledger(jobId), 'checkpoint', 'previous');
    return pointers.flatMap((text) => (text === null ? [] : [CheckpointPointer.parse(JSON.parse(text))]));
  }
}
