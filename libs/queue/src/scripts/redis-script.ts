import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** The scripts that the server of a connection knows, as long as it is connected. */
const known = new WeakMap<Redis, Set<string>>();

function scriptsKnownTo(redis: Redis): Set<string> {
  const found = known.get(redis);
  if (found !== undefined) return found;
  const none = new Set<string>();
  known.set(redis, none);
  redis.on('close', () => none.clear()); // it may be another server afterwards
  return none;
}

/** What a script is given. */
export type ScriptValue = string | number | Buffer;

/** A Lua script; it runs atomically. All keys share a hash slot, because they share our prefix. */
export class RedisScript {
  readonly #sha1: string;

  constructor(private readonly source: string) {
    this.#sha1 = createHash('sha1').update(source).digest('hex');
  }

  /**
   * Sends the source until the server has answered once on this connection, and its hash from then on. A call
   * by hash to a server that does not know it would have to be repeated, and so come after commands that were
   * sent later: that is left to servers that forget scripts while they are connected.
   */
  async run(redis: Redis, keys: readonly string[], values: readonly ScriptValue[]): Promise<unknown> {
    const scripts = scriptsKnownTo(redis);
    if (scripts.has(this.#sha1)) return this.runByHash(redis, keys, values);
    const answer: unknown = await redis.eval(this.source, keys.length, ...keys, ...values);
    scripts.add(this.#sha1);
    return answer;
  }

  /** For a long source, when nothing depends on its place among the commands that follow. */
  async runByHash(redis: Redis, keys: readonly string[], values: readonly ScriptValue[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.#sha1, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(this.source, keys.length, ...keys, ...values);
    }
  }
}
