import type { Redis } from 'ioredis';

/**
 * A Lua script. Its source travels with every call, a few hundred bytes whose function Redis keeps: a call by hash to a server that does not
 * know it yet would have to be repeated, and so come after commands that were sent later.
 */
export class RedisScript {
  constructor(private readonly source: string) {}

  /** Runs atomically. All keys share a hash slot, because they share our prefix. */
  run(redis: Redis, keys: readonly string[], values: ReadonlyArray<string | number>): Promise<unknown> {
    return redis.eval(this.source, keys.length, ...keys, ...values);
  }
}
