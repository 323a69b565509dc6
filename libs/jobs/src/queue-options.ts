import type { JobsOptions, WorkerOptions } from 'bullmq';
import type { RedisOptions } from 'ioredis';

/** Prefix of every key, BullMQ's and ours; the braces keep them in one hash slot of a cluster. */
export const STRIDE_PREFIX = '{stride}';
export const SAMPLING_QUEUE = 'sampling';
export const TRAINING_QUEUE = 'training';

const retryStrategy = (attempt: number): number => Math.min(100 * 2 ** attempt, 2_000);

/** Producers fail fast. Not for blocking readers, which the limits would cut. */
export const producerConnection = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  connectTimeout: 5_000,
  retryStrategy,
} as const satisfies RedisOptions;

/**
 * A Redis that says nothing for so long counts as gone: commands that ioredis holds back while others have no answer would otherwise wait for
 * two timeouts, one after the other.
 */
export const producerLimits = { commandMs: 2_000, silenceMs: 1_500 } as const;

/** Workers and subscribers wait until Redis is back. */
export const workerConnection = { maxRetriesPerRequest: null, retryStrategy } as const satisfies RedisOptions;

/** Nobody reads BullMQ's stream of events, and each of them holds a result: it keeps no more than what helps who looks at it by hand. */
export const queueOptions = { prefix: STRIDE_PREFIX, streams: { events: { maxLen: 100 } } } as const;

/** Sampling jobs that a worker fetches in a row before one of them begins; how many it holds is up to its intake. */
const FETCHES_IN_A_ROW = 4;

/**
 * Locks outlive a restart of Redis, and are renewed by the worker app from a monotonic timer. BullMQ never resets the stalled
 * count, so its limit is out of reach: jobs that kill their worker are counted in the ledger.
 */
export const samplingWorker = {
  prefix: STRIDE_PREFIX,
  concurrency: FETCHES_IN_A_ROW,
  lockDuration: 15_000,
  stalledInterval: 5_000,
  maxStalledCount: 100,
  drainDelay: 5,
  skipLockRenewal: true,
  metrics: { maxDataPoints: 1_440 },
} as const satisfies Partial<WorkerOptions>;

export const trainingWorker = { ...samplingWorker, concurrency: 1, lockDuration: 30_000 } as const;

const backoff = { type: 'exponential', delay: 1_000, jitter: 0.5 } as const;
/** Retention by count only: BullMQ's ages follow the clock of whichever worker finishes a job. */
const job = { attempts: 3, backoff, sizeLimit: 65_536, stackTraceLimit: 20, removeOnFail: { count: 20_000 } } as const;

export const samplingJob = { ...job, removeOnComplete: { count: 20_000 } } as const satisfies JobsOptions;
/** Room for 10,000 betas; there are never many training jobs. */
export const trainingJob = {
  ...job,
  sizeLimit: 4 * job.sizeLimit,
  removeOnComplete: { count: 5_000 },
} as const satisfies JobsOptions;
