import type { Redis } from 'ioredis';
import { z } from 'zod';
import { advanceCheckpoint } from './scripts/advance-checkpoint.lua.js';
import { keepRows } from './scripts/keep-rows.lua.js';
import { countStarts, forgetStarts } from './scripts/count-starts.lua.js';
import type { JobAttempt, JobEvent, StartedJobEvent } from '#contract';
import { CallsOfATurn } from './calls-of-a-turn.js';
import { eventLimits } from './job-events.js';
import { Keys } from './keys.js';
import { LIFETIMES } from './lifetimes.js';
import { parseStored, unlessWrongType } from './stored-json.js';
import { startJob } from './scripts/start-job.lua.js';
import { parseVerdict, type StartVerdict } from './start-verdict.js';

/** Where a training checkpoint lies. */
export const CheckpointPointer = z.object({
  step: z.int().min(0).describe('Optimiser steps done'),
  sha256: z.string().describe('SHA-256 of the checkpoint'),
  bytes: z.int().min(0).describe('Bytes of the checkpoint'),
});
export type CheckpointPointer = z.output<typeof CheckpointPointer>;

/** Bytes that say how far the rows of a sampling job have come: here, or an artifact. */
export const KeptRows = z.object({
  sha256: z.string(),
  /** Base64; absent where they are an artifact. */
  data: z.string().optional(),
});
export type KeptRows = z.output<typeof KeptRows>;

/** An attempt that holds its job's lock. Tokens alone are used again: only both together name it. */
export interface HeldAttempt extends JobAttempt {
  readonly token: string;
}

/** Attempts in one call at most. */
const MOST_COUNTED = 64;

/**
 * What must outlive an attempt and that BullMQ does not fence: poison counters of a job, checkpoint pointers,
 * and how far its rows have come. An attempt that is over changes none.
 */
export class JobLedger {
  readonly #keys: Keys;
  /** Of jobs that begin together; sent before anything that comes of them. */
  readonly #beginnings = new CallsOfATurn<JobAttempt, unknown>(
    (attempts) => this.#count('starts', attempts),
    MOST_COUNTED,
    queueMicrotask,
  );

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /** Whether an attempt may run, and how; publishes `event` if it may. */
  async started(attempt: JobAttempt, event: StartedJobEvent): Promise<StartVerdict> {
    const { kind, jobId, attemptsStarted } = attempt;
    const { maxLength, ttlSeconds } = eventLimits(kind);
    const keys = [this.#keys.ledger(jobId), this.#keys.events(jobId), this.#keys.job(kind, jobId)];
    const values = [attemptsStarted, JSON.stringify(event), maxLength, ttlSeconds];
    return parseVerdict(await startJob.run(this.redis, keys, values));
  }

  /**
   * Counts a start whose end is unknown until `endedOrderly`, or until the end of the job is published: call
   * when native code is about to work for the job. A job that only waited in a worker that died had no part
   * in it.
   */
  async began(attempt: JobAttempt): Promise<void> {
    await this.#beginnings.make(attempt);
  }

  /** Counts that such a start runs the job alone: call when nothing else is there, before its first step. */
  async startedAlone(attempt: JobAttempt): Promise<void> {
    await this.#count('solo', [attempt]);
  }

  /** The attempt ended by itself, whatever its outcome: it was not the job that killed a worker. */
  async endedOrderly({ kind, jobId, attemptsStarted }: JobAttempt): Promise<void> {
    await forgetStarts.run(this.redis, [this.#keys.job(kind, jobId), this.#keys.ledger(jobId)], [attemptsStarted]);
  }

  /**
   * How often the job failed by now over bytes that could not be read or written although the store was well;
   * 0 for an attempt that is over.
   */
  async countStoreFault(attempt: JobAttempt): Promise<number> {
    const [faults] = await this.#count('faults', [attempt]);
    return faults ?? 0;
  }

  /**
   * Points to a new checkpoint and publishes it; undefined when the attempt no longer holds the job, else the
   * checkpoints that nobody will go on from any more: the newest two are kept.
   */
  async advanceCheckpoint(attempt: HeldAttempt, pointer: CheckpointPointer): Promise<CheckpointPointer[] | undefined> {
    const { kind, jobId, token, attemptsStarted } = attempt;
    const { maxLength, ttlSeconds } = eventLimits(kind);
    const event: JobEvent = { type: 'checkpoint', ...pointer };
    const job = [this.#keys.lock(kind, jobId), this.#keys.job(kind, jobId)];
    const keys = [...job, this.#keys.ledger(jobId), this.#keys.events(jobId)];
    const own = [token, attemptsStarted, JSON.stringify(pointer), LIFETIMES.ledgerMs];
    const values = [...own, JSON.stringify(event), maxLength, ttlSeconds];
    const answer = AdvanceAnswer.parse(await advanceCheckpoint.run(this.redis, keys, values));
    if (answer === 0) return undefined;
    const [newest, superseded] = answer.map((text) => parseStored(CheckpointPointer, text));
    // The same checkpoint, done again after its worker was lost, is still pointed to.
    return superseded && ![newest?.sha256, pointer.sha256].includes(superseded.sha256) ? [superseded] : [];
  }

  /** Newest checkpoint first, without what cannot be read. */
  async checkpoints(jobId: string): Promise<CheckpointPointer[]> {
    const fields = this.redis.hmget(this.#keys.ledger(jobId), 'checkpoint', 'previous');
    const pointers = await unlessWrongType(fields, [], () => undefined);
    return pointers.flatMap((text) => parseStored(CheckpointPointer, text) ?? []);
  }

  /** Keeps how far the rows have come, for the next attempt; false when this one no longer holds the job. */
  async keepRows({ kind, jobId, token, attemptsStarted }: HeldAttempt, rows: KeptRows): Promise<boolean> {
    const keys = [this.#keys.lock(kind, jobId), this.#keys.job(kind, jobId), this.#keys.ledger(jobId)];
    const values = [token, attemptsStarted, JSON.stringify(rows), LIFETIMES.ledgerMs];
    return (await keepRows.run(this.redis, keys, values)) === 1;
  }

  /** How far the rows had come when an attempt gave the job back. */
  async rows(jobId: string): Promise<KeptRows | undefined> {
    const field = this.redis.hget(this.#keys.ledger(jobId), 'rows');
    return parseStored(KeptRows, await unlessWrongType(field, null, () => undefined));
  }

  /** The counts from now on; null for an attempt that is over. */
  async #count(
    counter: 'starts' | 'solo' | 'faults',
    attempts: readonly JobAttempt[],
  ): Promise<readonly (number | null)[]> {
    const keys = attempts.flatMap(({ kind, jobId }) => [this.#keys.job(kind, jobId), this.#keys.ledger(jobId)]);
    const values = [counter, LIFETIMES.ledgerMs, ...attempts.map(({ attemptsStarted }) => attemptsStarted)];
    return Counts.parse(await countStarts.run(this.redis, keys, values));
  }
}

const Counts = z.array(z.int().nullable());

/** The pointers before, newest first, or 0. */
const AdvanceAnswer = z.union([z.literal(0), z.array(z.string())]);
