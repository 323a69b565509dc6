import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { ApiKeyLimits } from '#contract';
import { Keys } from '../keys.js';
import { returnQuota, takeQuota } from '../scripts/take-quota.lua.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** The limits that count in sliding windows of time, by Redis' clock. */
const WINDOWS = {
  requestsPerSecond: SECOND_MS,
  rowStepsPerMinute: MINUTE_MS,
  rowStepsPerDay: 1_440 * MINUTE_MS,
} as const;
type WindowName = keyof typeof WINDOWS;
const ROW_STEPS = ['rowStepsPerMinute', 'rowStepsPerDay'] as const;

/** One limit as it stands. */
interface QuotaWindow {
  readonly name: WindowName;
  readonly limit: number;
  readonly seconds: number;
  readonly left: number;
  /** Until there is room again, or, where there is, until nothing counts any more. */
  readonly secondsLeft: number;
}

/** What came of it: which limit has no room, if any, and how all that were asked stand. */
export interface QuotaAnswer {
  readonly full: WindowName | 'jobsQueued' | undefined;
  /** False when a repeat of the request that is under way counts, and not this one. */
  readonly isCounted: boolean;
  readonly windows: readonly QuotaWindow[];
}

/** A job that counts towards the limits of its key. */
export interface CountedJob {
  readonly jobId: string;
  /** `rowStepsOf` its data. */
  readonly rowSteps: number;
  /** What its request is repeated by: of repeats at once one counts. */
  readonly repeatedBy?: string | undefined;
}

interface Taken extends Pick<CountedJob, 'jobId' | 'repeatedBy'> {
  readonly names: readonly WindowName[];
  readonly amount: number;
}

/** The script's word for it, where it otherwise gives the place of a window. */
const NO_ROOM_FOR_JOBS = -1;

/** What each API key has used of its limits. */
export class Quotas {
  readonly #keys: Keys;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /** Counts a request. */
  takeRequest(keyId: string, limits: ApiKeyLimits): Promise<QuotaAnswer> {
    return this.#take(keyId, limits, { names: ['requestsPerSecond'], amount: 1, jobId: '' });
  }

  /** Counts a job with its row-steps, or neither. */
  takeJob(keyId: string, limits: ApiKeyLimits, { rowSteps, ...job }: CountedJob): Promise<QuotaAnswer> {
    return this.#take(keyId, limits, { names: ROW_STEPS, amount: rowSteps, ...job });
  }

  /** Takes back what a job counted that was not added after all. */
  async returnJob(keyId: string, { jobId, rowSteps, repeatedBy }: CountedJob): Promise<void> {
    await returnQuota.run(this.redis, this.#keysOf(keyId, repeatedBy), [
      jobId,
      rowSteps,
      ...ROW_STEPS.flatMap((name) => [name, WINDOWS[name]]),
    ]);
  }

  /** The jobs that count as not ended, oldest first. */
  openJobs(keyId: string): Promise<string[]> {
    return this.redis.zrange(this.#keys.openJobs(keyId), '0', '-1');
  }

  /** These have ended. */
  async forgetJobs(keyId: string, jobIds: readonly string[]): Promise<void> {
    if (jobIds.length > 0) await this.redis.zrem(this.#keys.openJobs(keyId), ...jobIds);
  }

  async #take(keyId: string, limits: ApiKeyLimits, { names, amount, jobId, repeatedBy }: Taken): Promise<QuotaAnswer> {
    const limited = names.flatMap((name) => {
      const limit = limits[name];
      return limit === undefined ? [] : [{ name, limit }];
    });
    const windows = limited.flatMap(({ name, limit }) => [name, WINDOWS[name], limit, amount]);
    const values = [jobId, limits.jobsQueued ?? '', ...windows];
    const [full = 0, ...rest] = z
      .array(z.number())
      .parse(await takeQuota.run(this.redis, this.#keysOf(keyId, repeatedBy), values));
    return {
      isCounted: full === 0,
      full: full === NO_ROOM_FOR_JOBS ? 'jobsQueued' : limited[full - 1]?.name,
      windows: limited.map(({ name, limit }, i) => ({
        name,
        limit,
        seconds: WINDOWS[name] / SECOND_MS,
        left: rest[2 * i] ?? 0,
        secondsLeft: Math.ceil((rest[2 * i + 1] ?? 0) / SECOND_MS),
      })),
    };
  }

  #keysOf(keyId: string, repeatedBy?: string): string[] {
    const repeats = repeatedBy === undefined ? [] : [this.#keys.counted(repeatedBy)];
    return [this.#keys.quota(keyId), this.#keys.openJobs(keyId), ...repeats];
  }
}
