import { PRIORITIES, type Priority } from '#ddim';
import type { Redis } from 'ioredis';
import { bringForward } from './bring-forward.lua.js';
import { jobIdTime, type JobKind } from '#contract';
import { Keys } from '../keys.js';
import { BULL_PRIORITY } from './queue-options.js';

/** What waits of one class. */
interface WaitingOfClass {
  readonly jobs: number;
  /** When the first of them was accepted, in ms since 1970; undefined: there is none. */
  readonly oldestAt: number | undefined;
}

/** BullMQ's scores: the class, and below it the order of arrival. */
const SCORES_PER_CLASS = 2 ** 32;

/** The jobs that wait in a queue. BullMQ fetches the head of it, whatever its class. */
export class WaitingJobs {
  readonly #keys: Keys;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /**
   * Makes a job of the best of these classes that has one the head of the queue.
   * @returns whether there is one: fetch it then, for it is not brought a second time
   */
  async bringForward(kind: JobKind, classes: readonly Priority[]): Promise<boolean> {
    const keys = ['prioritized', 'wait', 'delayed', 'marker', 'meta'].map((list) => this.#keys.job(kind, list));
    const wanted = classes.map((priority) => BULL_PRIORITY[priority]);
    return (await bringForward.run(this.redis, keys, [this.#keys.job(kind, ''), ...wanted])) === 1;
  }

  /** How many wait, those for another attempt included. */
  async count(kind: JobKind): Promise<number> {
    const counts = await Promise.all([
      this.redis.zcard(this.#keys.job(kind, 'prioritized')),
      this.redis.llen(this.#keys.job(kind, 'wait')),
      this.redis.zcard(this.#keys.job(kind, 'delayed')),
    ]);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** How many of each class stand in line, and since when the first of them. */
  async byClass(kind: JobKind): Promise<Readonly<Record<Priority, WaitingOfClass>>> {
    const classes = await Promise.all(
      PRIORITIES.map(async (priority) => [priority, await this.#ofClass(kind, priority)] as const),
    );
    return Object.fromEntries(classes) as Record<Priority, WaitingOfClass>;
  }

  async #ofClass(kind: JobKind, priority: Priority): Promise<WaitingOfClass> {
    const key = this.#keys.job(kind, 'prioritized');
    const from = BULL_PRIORITY[priority] * SCORES_PER_CLASS;
    const to = `(${from + SCORES_PER_CLASS}`;
    const [jobs, [oldest]] = await Promise.all([
      this.redis.zcount(key, from, to),
      this.redis.zrangebyscore(key, from, to, 'LIMIT', 0, 1),
    ]);
    return { jobs, oldestAt: oldest === undefined ? undefined : jobIdTime(oldest) };
  }

  /** The number of a look for a job that all workers share; no two have the same. */
  countTurn(kind: JobKind): Promise<number> {
    return this.redis.incr(this.#keys.turns(kind));
  }
}
