import type { Redis } from 'ioredis';
import { z } from 'zod';
import { advanceCheckpoint } from './advance-checkpoint.lua.js';
import { parseCancelRecord } from './job-cancellation.js';
import type { StartedJobEvent } from './job-event.js';
import { eventLimits } from './job-events.js';
import type { JobKind } from './job-id.js';
import type { CancelRecord } from './job-status.js';
import { Keys, LEDGER_TTL_MS } from './keys.js';
import { parseStored, unlessWrongType } from './stored-json.js';
import { startJob } from './start-job.lua.js';

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

/** After so many starts without an orderly end a job runs alone, and after so many of those it is given up. */
const MAX_SHARED_STARTS = 2;
const MAX_SOLO_STARTS = 5;

/** How an attempt runs, or why it does not; `soloStarts` are the earlier ones in which the job ran alone, and which had no orderly end. */
export type StartVerdict =
  | { readonly kind: 'shared' | 'alone' }
  | { readonly kind: 'poisonous'; readonly soloStarts: number }
  | { readonly kind: 'cancelled'; readonly cancel: CancelRecord };

/** What must outlive an attempt and that BullMQ does not fence: poison counters and checkpoint pointers of a job. */
export class JobLedger {
  readonly #keys: Keys;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /** Whether an attempt may run, and how; tells `event` if it may. */
  async started(kind: JobKind, jobId: string, event: StartedJobEvent): Promise<StartVerdict> {
    const { maxLength, ttlSeconds } = eventLimits(kind);
    const limits = [MAX_SHARED_STARTS, MAX_SOLO_STARTS];
    const keys = [this.#keys.ledger(jobId), this.#keys.events(jobId)];
    const answer = await startJob.run(this.redis, keys, [...limits, JSON.stringify(event), maxLength, ttlSeconds]);
    return parseVerdict(StartAnswer.parse(answer));
  }

  /**
   * Counts a start whose end is unknown until `endedOrderly`, or until the end of the job is told: call when native code is about to work for
   * the job. A job that only waited in a worker that died had no part in it.
   */
  began(jobId: string): Promise<void> {
    return this.#count(jobId, 'starts');
  }

  /** Counts that such a start runs the job alone: call when nothing else is there, before its first step. */
  startedAlone(jobId: string): Promise<void> {
    return this.#count(jobId, 'solo');
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

  /** Newest checkpoint first, without what cannot be read. */
  async checkpoints(jobId: string): Promise<CheckpointPointer[]> {
    const fields = this.redis.hmget(this.#keys.ledger(jobId), 'checkpoint', 'previous');
    const pointers = await unlessWrongType(fields, [], () => undefined);
    return pointers.flatMap((text) => parseStored(CheckpointPointer, text) ?? []);
  }

  async #count(jobId: string, counter: 'starts' | 'solo'): Promise<void> {
    const key = this.#keys.ledger(jobId);
    await Promise.all([this.redis.hincrby(key, counter, 1), this.redis.pexpire(key, LEDGER_TTL_MS)]);
  }
}

const StartAnswer = z.union([
  z.tuple([z.enum(['shared', 'alone', 'poisonous']), z.int()]),
  z.tuple([z.literal('cancelled'), z.string()]),
]);

function parseVerdict([kind, detail]: z.output<typeof StartAnswer>): StartVerdict {
  if (kind === 'cancelled') return { kind, cancel: parseCancelRecord(detail) };
  if (kind === 'poisonous') return { kind, soloStarts: detail };
  return { kind };
}
