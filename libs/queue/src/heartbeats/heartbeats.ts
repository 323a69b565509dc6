import type { Redis } from 'ioredis';
import type { z } from 'zod';
import { LIFETIMES } from '../lifetimes.js';
import { answersOf } from '../redis-answers.js';
import { parseStored, unlessWrongType, type OnUnreadable } from '../stored-json.js';

interface HeartbeatPlace<Info> {
  /** What lives, in the singular. */
  readonly what: string;
  /** Key of the set of their ids. */
  readonly ids: string;
  readonly key: (id: string) => string;
  readonly schema: z.ZodType<Info>;
}

/** What lives: one expiring key each, and a set of their ids, so that nobody scans the key space. */
export class Heartbeats<Info extends { readonly id: string }> {
  constructor(
    private readonly redis: Redis,
    private readonly place: HeartbeatPlace<Info>,
    private readonly onUnreadable: OnUnreadable = () => undefined,
  ) {}

  async write(info: Info): Promise<void> {
    const { key, ids } = this.place;
    const text = JSON.stringify(info);
    await answersOf(this.redis.multi().set(key(info.id), text, 'PX', LIFETIMES.heartbeatMs).sadd(ids, info.id));
  }

  async remove(id: string): Promise<void> {
    const { key, ids } = this.place;
    await answersOf(this.redis.multi().del(key(id)).srem(ids, id));
  }

  /** Without those whose heartbeat cannot be read, which are reported; forgets ids of what is gone. */
  async list(): Promise<Info[]> {
    const { what, key } = this.place;
    const members = this.redis.smembers(this.place.ids);
    const ids = await unlessWrongType(members, [], (cause) => this.onUnreadable(`the list of ${what}s`, cause));
    if (ids.length === 0) return [];
    const texts = await this.redis.mget(ids.map(key));
    const gone = ids.filter((_, i) => texts[i] === null);
    if (gone.length > 0) await this.redis.srem(this.place.ids, ...gone);
    return ids.flatMap((id, i) => this.parse(id, texts[i] ?? null));
  }

  private parse(id: string, text: string | null): Info[] {
    if (text === null) return [];
    const info = parseStored(this.place.schema, text);
    if (info === undefined) this.onUnreadable(`the heartbeat of ${this.place.what} ${id}`);
    return info === undefined ? [] : [info];
  }
}
