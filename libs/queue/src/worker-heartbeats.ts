import type { Redis } from 'ioredis';
import { Keys } from './keys.js';
import { LIFETIMES } from './lifetimes.js';
import { answersOf } from './redis-answers.js';
import { parseStored, unlessWrongType, type OnUnreadable } from './stored-json.js';
import { WorkerInfo } from '#contract';

/** The live workers: one expiring key each, and a set of their ids, so that nobody scans the key space. */
export class WorkerHeartbeats {
  readonly #keys: Keys;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
    private readonly onUnreadable: OnUnreadable = () => undefined,
  ) {
    this.#keys = new Keys(prefix);
  }

  async write(info: WorkerInfo): Promise<void> {
    const text = JSON.stringify(info);
    const key = this.#keys.worker(info.id);
    await answersOf(this.redis.multi().set(key, text, 'PX', LIFETIMES.heartbeatMs).sadd(this.#keys.workers, info.id));
  }

  async remove(workerId: string): Promise<void> {
    await answersOf(this.redis.multi().del(this.#keys.worker(workerId)).srem(this.#keys.workers, workerId));
  }

  /**
   * In the order of their starts, without those whose heartbeat cannot be read, which are reported; forgets
   * ids of workers that are gone.
   */
  async list(): Promise<WorkerInfo[]> {
    const members = this.redis.smembers(this.#keys.workers);
    const ids = await unlessWrongType(members, [], (cause) => this.onUnreadable('the list of workers', cause));
    if (ids.length === 0) return [];
    const texts = await this.redis.mget(ids.map((id) => this.#keys.worker(id)));
    const gone = ids.filter((_, i) => texts[i] === null);
    if (gone.length > 0) await this.redis.srem(this.#keys.workers, ...gone);
    return ids
      .flatMap((id, i) => this.#parse(id, texts[i] ?? null))
      .sort((left, right) => left.startedAt.localeCompare(right.startedAt) || left.id.localeCompare(right.id));
  }

  #parse(id: string, text: string | null): WorkerInfo[] {
    if (text === null) return [];
    const info = parseStored(WorkerInfo, text);
    if (info === undefined) this.onUnreadable(`the heartbeat of worker ${id}`);
    return info === undefined ? [] : [info];
  }
}
