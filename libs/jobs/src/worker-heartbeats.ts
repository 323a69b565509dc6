import type { Redis } from 'ioredis';
import { Keys } from './keys.js';
import { answersOf } from './redis-answers.js';
import { WorkerInfo } from './worker-info.js';

/** A worker that has not been heard of for so long is gone. */
const TTL_MS = 15_000;
/** How often a worker writes. */
export const HEARTBEAT_MS = 5_000;

/** The live workers: one expiring key each, and a set of their ids, so that nobody scans the key space. */
export class WorkerHeartbeats {
  readonly #keys: Keys;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  async write(info: WorkerInfo): Promise<void> {
    const text = JSON.stringify(info);
    const key = this.#keys.worker(info.id);
    await answersOf(this.redis.multi().set(key, text, 'PX', TTL_MS).sadd(this.#keys.workers, info.id));
  }

  async remove(workerId: string): Promise<void> {
    await answersOf(this.redis.multi().del(this.#keys.worker(workerId)).srem(this.#keys.workers, workerId));
  }

  /** In the order of their starts, without those of a release that this one cannot read; forgets ids of workers that are gone. */
  async list(): Promise<WorkerInfo[]> {
    const ids = await this.redis.smembers(this.#keys.workers);
    if (ids.length === 0) return [];
    const texts = await this.redis.mget(ids.map((id) => this.#keys.worker(id)));
    const gone = ids.filter((_, i) => texts[i] === null);
    if (gone.length > 0) await this.redis.srem(this.#keys.workers, ...gone);
    return texts
      .flatMap((text) => WorkerInfo.safeParse(JSON.parse(text ?? 'null')).data ?? [])
      .sort((left, right) => left.startedAt.localeCompare(right.startedAt) || left.id.localeCompare(right.id));
  }
}
