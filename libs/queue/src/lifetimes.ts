import { JOB_KINDS, KINDS } from '#contract';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;

const longestKeptMs = Math.max(...JOB_KINDS.flatMap((kind) => Object.values(KINDS[kind].kept).map(({ ms }) => ms)));
const ledgerMs = longestKeptMs + DAY_MS;

/**
 * How long everything lives that jobs leave behind. How long the jobs themselves are kept, and their events,
 * stands in KINDS; what must outlive them follows from it.
 */
export const LIFETIMES = {
  /** So long clients are promised the result of a sampling job. */
  resultMs: HOUR_MS,
  /** Cancels, starts and checkpoints of a job. */
  ledgerMs,
  /** A job's place in the list. */
  indexMs: ledgerMs,
  /** Which job has a supersedeKey. */
  supersessionMs: ledgerMs,
  /** An Idempotency-Key that was acknowledged leads to its job. */
  idempotencyMs: DAY_MS,
  /** Deliveries of webhooks that have ended, and that a receiver wants no more of them. */
  deliveryMs: 7 * DAY_MS,
  disabledReceiverMs: 7 * DAY_MS,
  /**
   * Bytes that nobody owns, results included; the day forgives clocks, queues that stand still, and slow
   * readers.
   */
  orphanMs: KINDS.sampling.kept.completed.ms + DAY_MS,
  /** A login of the dashboard. */
  pageSessionMs: 12 * HOUR_MS,
  /** A worker that was not heard of for so long is gone; it writes every `heartbeatEveryMs`. */
  heartbeatMs: 15 * SECOND_MS,
  heartbeatEveryMs: 5 * SECOND_MS,
  /** The jobs of a worker that has not renewed its lease for so long are given back. */
  leaseMs: 4 * SECOND_MS,
  leaseEveryMs: SECOND_MS,
} as const;

/**
 * Places in the list of a kind's jobs: more than can wait and are kept together. As many results as an
 * operator keeps come on top.
 */
export const MAX_INDEX_ENTRIES = 200_000;
