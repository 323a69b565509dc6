import type { Priority } from '#ddim';
import type { JobsOptions, WorkerOptions } from 'bullmq';
import type { RedisOptions } from 'ioredis';
import { KINDS, ofEachKind } from '#contract';

/** Prefix of every key, BullMQ's and ours; the braces keep them in one hash slot of a cluster. */
export const STRIDE_PREFIX = '{stride}';

const retryStrategy = (attempt: number): number => Math.min(100 * 2 ** attempt, 2_000);

/** Producers fail fast. Not for blocking readers, which the limits would cut. */
export const producerConnection = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  connectTimeout: 5_000,
  retryStrategy,
} as const satisfies RedisOptions;

/**
 * A Redis that says nothing for so long counts as gone: commands that ioredis holds back while others have no
 * answer would otherwise wait for two timeouts, one after the other.
 */
export const producerLimits = { commandMs: 2_000, silenceMs: 1_500 } as const;

/** Workers and subscribers wait until Redis is back. */
export const workerConnection = { maxRetriesPerRequest: null, retryStrategy } as const satisfies RedisOptions;

/**
 * Nobody reads BullMQ's stream of events, and each of them holds a result: it keeps no more than what helps
 * who looks at it by hand.
 */
export const queueOptions = { prefix: STRIDE_PREFIX, streams: { events: { maxLen: 100 } } } as const;

/**
 * Locks outlive a restart of Redis, and are renewed by the worker app from a monotonic timer. BullMQ never
 * resets the stalled count, so its limit is out of reach: jobs that kill their worker are counted in the
 * ledger.
 */
export const workerOptions = ofEachKind(
  (kind) =>
    ({
      prefix: STRIDE_PREFIX,
      concurrency: KINDS[kind].concurrency,
      lockDuration: KINDS[kind].lockMs,
      stalledInterval: 5_000,
      maxStalledCount: 100,
      drainDelay: 5,
      skipLockRenewal: true,
      metrics: { maxDataPoints: 1_440 },
    }) satisfies Partial<WorkerOptions>,
);

/** Retention is by count here, and by age in a sweep. */
export const jobOptions = ofEachKind((kind) => {
  const { kept, maxDataBytes } = KINDS[kind];
  return {
    attempts: 3,
    backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
    sizeLimit: maxDataBytes,
    stackTraceLimit: 20,
    removeOnFail: { count: kept.failed.count },
    removeOnComplete: { count: kept.completed.count },
  } satisfies JobsOptions;
});

/** BullMQ's numbers, lower first; 0 is never used, because it overtakes every prioritised job. */
export const BULL_PRIORITY: Readonly<Record<Priority, number>> = { interactive: 1, normal: 2, bulk: 3 };
