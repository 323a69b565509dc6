import type { Redis } from 'ioredis';
import type { Keys } from '#queue';
import type { GuardMetrics } from '#metrics';
import { InvalidConfigError } from './config.js';
import { ServerCheck, type ServerNeeds, type StartCheckName, type StartCheckReport } from './server-check.js';

/** What a shard stands on. */
interface CheckedShard {
  readonly redis: Redis;
  readonly keys: Keys;
}

const CHECKS: readonly StartCheckName[] = ['durability', 'maxmemory', 'clock_skew'];

/** The checks of the servers of all shards as one; what belongs to all is looked for in the first. */
export class StartChecks {
  readonly #checks: readonly ServerCheck[];

  constructor(
    shards: readonly CheckedShard[],
    private readonly metrics: GuardMetrics,
    { belongings, durableAccept }: ServerNeeds,
  ) {
    this.#checks = shards.map(
      (shard, place) => new ServerCheck(shard, { belongings: place === 0 ? belongings : [], durableAccept }),
    );
    this.onReport((report) => this.#measure(report));
  }

  /** What the newest checks found; nothing before the first. Shards of one server share its faults. */
  get report(): StartCheckReport {
    const reports = this.#checks.map((check) => check.report);
    return {
      faults: [...new Set(reports.flatMap(({ faults }) => faults))],
      refusal: reports.find(({ refusal }) => refusal !== undefined)?.refusal,
      warnings: new Map(reports.flatMap(({ warnings }) => [...warnings])),
      memoryRatio: Math.max(...reports.map(({ memoryRatio }) => memoryRatio)),
    };
  }

  /** Reports what every check from now on finds: a process whose Redis has faults must take no more jobs. */
  onReport(listener: (report: StartCheckReport) => void): void {
    for (const check of this.#checks) check.onReport(() => listener(this.report));
  }

  /** @throws InvalidConfigError when a server answers and is configured so that jobs could get lost */
  async check(now: () => number = Date.now): Promise<StartCheckReport> {
    const ends = await Promise.allSettled(this.#checks.map((check) => check.check(now)));
    const failures = ends.flatMap((end): unknown[] => (end.status === 'rejected' ? [end.reason] : []));
    const worst = failures.find((error) => error instanceof InvalidConfigError) ?? failures[0];
    if (worst !== undefined) throw worst;
    return this.report;
  }

  #measure({ warnings, memoryRatio }: StartCheckReport): void {
    for (const name of CHECKS) this.metrics.startCheck(name, warnings.has(name));
    this.metrics.redisMemory(memoryRatio);
  }
}
