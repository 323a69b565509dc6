import type { Redis } from 'ioredis';
import { z } from 'zod';
import { freeJobs } from './bullmq/free-jobs.lua.js';
import { RETURN_JOB_LISTS } from './bullmq/return-job.lua.js';
import { JOB_KINDS, type JobKind } from '#contract';
import { Keys } from './keys.js';
import { LIFETIMES } from './lifetimes.js';

/** What a beat has found. */
interface LeaseBeat {
  /** Own leases had run out, and the jobs under them were given back. */
  readonly isLost: boolean;
  /** Jobs of dead workers that were given back. */
  readonly freed: Readonly<Record<JobKind, number>>;
}

/** After an outage of Redis all have so long to renew their leases, and a little more. */
const PATIENCE_MS = LIFETIMES.leaseMs + LIFETIMES.leaseEveryMs;

/**
 * The leases of BullMQ's workers, by their ids, with which the tokens of all their locks begin: a worker that
 * does not renew its lease gives all its jobs back at once. One that only stood still finds its locks gone.
 */
export class WorkerLeases {
  readonly #keys: Keys;
  readonly #held = new Set<string>();

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /**
   * Renews these leases, and gives the jobs of those that have run out back.
   * @param lookMs looks only if nobody did for so long
   */
  async beat(workers: readonly string[], lookMs: number = LIFETIMES.leaseEveryMs): Promise<LeaseBeat> {
    const lists = JOB_KINDS.flatMap((kind) => RETURN_JOB_LISTS.map((list) => this.#keys.job(kind, list)));
    const keys = [this.#keys.leases, this.#keys.leaseWatch, ...lists];
    const prefixes = [this.#keys.ledger(''), JOB_KINDS.length, ...JOB_KINDS.map((kind) => this.#keys.job(kind, ''))];
    const own = workers.flatMap((id) => [id, this.#held.has(id) ? 1 : 0]);
    const values = [LIFETIMES.leaseMs, lookMs, PATIENCE_MS, ...prefixes, ...own];
    const [isLost, ...freed] = BeatAnswer.parse(await freeJobs.runByHash(this.redis, keys, values));
    for (const id of workers) this.#held.add(id);
    const counts = JOB_KINDS.map((kind, i) => [kind, freed[i] ?? 0] as const);
    return { isLost: isLost === 1, freed: { sampling: 0, training: 0, ...Object.fromEntries(counts) } };
  }

  /** What dies with these workers from now on was not killed by its jobs: they were asked to end. */
  async leaving(workers: readonly string[]): Promise<void> {
    await this.redis.hset(this.#keys.leaseWatch, Object.fromEntries(workers.map((id) => [id, 'leaving'])));
  }

  /** They have no jobs any more. */
  async end(workers: readonly string[]): Promise<void> {
    await Promise.all([
      this.redis.zrem(this.#keys.leases, ...workers),
      this.redis.hdel(this.#keys.leaseWatch, ...workers),
    ]);
  }
}

const BeatAnswer = z.tuple([z.int()]).rest(z.int());
