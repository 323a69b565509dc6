import type { Redis } from 'ioredis';
import { z } from 'zod';
import { OutcomeUnknownError, withDeadline } from './gated-queue.js';
import { Keys } from './keys.js';

/** Redis' own limit of one wait for its disk: `everysec` takes a second and what the disk then takes. */
const FSYNC_MS = 2_000;
const DEADLINE_MS = 2_500;

/**
 * Waits until what Redis has executed is on its disk, by WAITAOF of Redis 7.2. That blocks a connection, so
 * it has one of its own, on which a write of its own stands behind whatever was executed before. Whoever asks
 * while one wait is under way shares the next.
 */
export class DurableWrites {
  readonly #key: string;
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#key = new Keys(prefix).durable;
  }

  /**
   * Everything that was executed before this call is on disk.
   * @throws OutcomeUnknownError when Redis does not say so in time: then that is unknown
   */
  settled(): Promise<void> {
    if (this.#current === undefined) return this.#begin();
    const after = () => {
      this.#next = undefined;
      return this.#begin();
    };
    return (this.#next ??= this.#current.then(after, after));
  }

  #begin(): Promise<void> {
    const current = this.#wait().finally(() => {
      if (this.#current === current) this.#current = undefined;
    });
    this.#current = current;
    return current;
  }

  async #wait(): Promise<void> {
    const written = this.redis.set(this.#key, '1');
    const synced = this.redis.call('WAITAOF', 1, 0, FSYNC_MS);
    const [, answer] = await withDeadline(Promise.all([written, synced]), DEADLINE_MS).catch((cause: unknown) => {
      throw new OutcomeUnknownError({ cause }); // a server that has no such command included
    });
    const [numLocal] = Answer.parse(answer);
    if (numLocal === 0) throw new OutcomeUnknownError();
  }
}

/** On how many disks: of this server, and of its replicas. */
const Answer = z.tuple([z.int(), z.int()]);
