import { PRIORITIES, type Priority } from '#ddim';
import type { JobJson } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { bringForward } from './bring-forward.lua.js';
import { jobIdTime, type JobKind } from '#contract';
import { eventLimits } from '../job-events.js';
import { toJobJson } from './job-json.js';
import { Keys } from '../keys.js';
import { parseVerdict, type StartVerdict } from '../start-verdict.js';
import { takeJobs } from './take-jobs.lua.js';
import { BULL_PRIORITY } from './queue-options.js';

/** What waits of one class. */
interface WaitingOfClass {
  readonly jobs: number;
  /** When the first of them was accepted, in ms since 1970; undefined: there is none. */
  readonly oldestAt: number | undefined;
}

/** BullMQ's scores: the class, and below it the order of arrival. */
const SCORES_PER_CLASS = 2 ** 32;

/** What a worker has room for. */
export interface Room {
  readonly rowsWanted: number;
  /** Rows here of each class, and how many of it there is always room for. */
  readonly held: Readonly<Record<Priority, number>>;
  readonly floors: Readonly<Record<Priority, number>>;
}

/** How a worker takes jobs. */
interface Taking {
  readonly token: string;
  readonly lockMs: number;
  /** Its name, published with each start. */
  readonly worker: string;
}

/** A job that was taken; its lock is held by `lock`. */
export interface TakenJob {
  readonly json: JobJson;
  readonly lock: string;
  /** Whether it may run: its start is published then. */
  readonly verdict: StartVerdict;
}

export interface TakenJobs {
  readonly jobs: readonly TakenJob[];
  /** Some wait still. */
  readonly hasMore: boolean;
  /** When the first of those that are not due is, in ms since 1970; 0: there is none. */
  readonly dueAt: number;
  /** Of jobs that cannot be taken. */
  readonly errors: readonly Error[];
}

/** So many are taken at once at most: other workers are to have some, too. */
const MOST_TAKEN = 16;

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

  /**
   * Takes jobs that there is room for, best class first; the last of them may have to be alone, if it has
   * started before.
   */
  async take(kind: JobKind, { rowsWanted, held, floors }: Room, { token, lockMs, worker }: Taking): Promise<TakenJobs> {
    const keys = ['prioritized', 'wait', 'delayed', 'active', 'marker', 'meta'].map((list) =>
      this.#keys.job(kind, list),
    );
    const { maxLength, ttlSeconds } = eventLimits(kind);
    const beginnings = [this.#keys.job(kind, ''), this.#keys.ledger(''), this.#keys.events('')];
    const own = [token, lockMs, JSON.stringify(worker), maxLength, ttlSeconds, MOST_TAKEN, rowsWanted];
    const classes = PRIORITIES.flatMap((priority) => [BULL_PRIORITY[priority], held[priority], floors[priority]]);
    const answer = await takeJobs.runByHash(this.redis, keys, [...beginnings, ...own, ...classes]);
    const [dueAt, hasMore, ...taken] = Answer.parse(answer);
    const read = taken.map((job) => (job instanceof Error ? job : toTakenJob(job)));
    return {
      jobs: read.flatMap((job) => (job instanceof Error ? [] : job)),
      hasMore: hasMore === 1,
      dueAt: Number(dueAt),
      errors: read.flatMap((job) => (job instanceof Error ? job : [])),
    };
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

const Taken = z.tuple([z.string(), z.array(z.string()), z.string(), z.string(), z.unknown()]);
const Answer = z.compile(
  z.tuple([z.union([z.literal(0), z.string()]), z.int()], z.union([Taken, z.instanceof(Error)])),
);

/** What cannot be read of one job is its own error: those that were taken with it run. */
function toTakenJob([id, fields, lock, ...verdict]: z.output<typeof Taken>): TakenJob | Error {
  try {
    return { json: toJobJson(id, fields), lock, verdict: parseVerdict(verdict) };
  } catch (cause) {
    return new Error(`job ${id} cannot be read`, { cause });
  }
}
