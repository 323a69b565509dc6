import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** What a script is given. */
export type ScriptValue = string | number | Buffer;

/** A Lua script; it runs atomically. All keys share a hash slot, because they share our prefix. */
export class RedisScript {
  readonly #sha1: string;

  constructor(private readonly source: string) {
    this.#sha1 = createHash('sha1').update(source).digest('hex');
  }

  /**
   * Sends the source with every call, a few hundred bytes whose function Redis keeps: a call by hash to a
   * server that does not know it yet would have to be repeated, and so come after commands that were sent
   * later.
   */
  run(redis: Redis, keys: readonly string[], values: readonly ScriptValue[]): Promise<unknown> {
    return redis.eval(this.source, keys.length, ...keys, ...values);
  }

  /** For a long source, when nothing depends on its place among the commands that follow. */
  async runByHash(redis: Redis, keys: readonly string[], values: readonly ScriptValue[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.#sha1, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return this.run(redis, keys, values);
    }
  }
}
