import type { Redis } from 'ioredis';
import { z } from 'zod';
import { Keys } from '../keys.js';
import { LIFETIMES } from '../lifetimes.js';
import { RedisClock } from '../redis-clock.js';
import { parseStored, unlessWrongType } from '../stored-json.js';

/** How many shards there are, from a moment on in milliseconds since 1970. */
const ShardCount = z.object({ count: z.int().min(1), since: z.number() });
type ShardCount = z.output<typeof ShardCount>;

/** Before anything is noted there is one shard. */
const BEGINNING: ShardCount = { count: 1, since: 0 };

/**
 * How many shards an installation has, and had: what was brought together by another number is found by it.
 */
export class ShardCounts {
  readonly #key: string;
  #former: Promise<readonly ShardCount[]> | undefined;

  /** @param redis of the first shard, which is always there */
  constructor(private readonly redis: Redis) {
    this.#key = new Keys().shards;
  }

  /** The number that was noted last. */
  async newest(): Promise<number> {
    return ((await this.#read()).at(-1) ?? BEGINNING).count;
  }

  /** Notes that this number holds from now on, unless it does. */
  async note(count: number): Promise<void> {
    if ((await this.newest()) === count) return;
    const since = await RedisClock.of(this.redis).deadline(0);
    await this.redis.rpush(this.#key, JSON.stringify({ count, since } satisfies ShardCount));
    this.#former = undefined;
  }

  /** Numbers other than this one that held within the time for which Idempotency-Keys are known. */
  async former(count: number): Promise<readonly number[]> {
    const known = (this.#former ??= this.#read());
    const counts = await known.catch((error: unknown) => {
      this.#former = undefined; // away: the next one asks again
      throw error;
    });
    if (counts.length === 1 && counts[0]?.count === count) return [];
    return formerCounts(counts, count, RedisClock.of(this.redis).now());
  }

  async #read(): Promise<readonly ShardCount[]> {
    const texts = await unlessWrongType(this.redis.lrange(this.#key, 0, -1), [], () => undefined);
    return [BEGINNING, ...texts.flatMap((text) => parseStored(ShardCount, text) ?? [])];
  }
}

function formerCounts(counts: readonly ShardCount[], present: number, now: number): readonly number[] {
  const isKnown = (_: ShardCount, place: number) =>
    now - (counts[place + 1]?.since ?? Number.POSITIVE_INFINITY) < LIFETIMES.idempotencyMs;
  return [...new Set(counts.filter(isKnown).map(({ count }) => count))].filter((count) => count !== present);
}
