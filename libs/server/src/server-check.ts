import { Logger } from '@nestjs/common';
import { ReplyError, type Redis } from 'ioredis';
import type { Keys } from '#queue';
import { StorageError, UnfitStoreError } from '#storage';
import { InvalidConfigError } from './config.js';

/**
 * What a check found: a fault stops the process, a refusal keeps it from work, a warning is shown; each for
 * as long as it holds.
 */
export interface StartCheckReport {
  readonly faults: readonly string[];
  /**
   * Why Redis takes no writes here, although it answers: a replica, a node of a cluster that has other keys,
   * one whose disk is full.
   */
  readonly refusal: string | undefined;
  readonly warnings: ReadonlyMap<StartCheckName, string>;
  readonly memoryRatio: number;
}

/** What Redis has to fit. */
export interface ServerNeeds {
  /** What says whether its jobs belong here. */
  readonly belongings: readonly Belonging[];
  /** Jobs are acknowledged once they are on its disk. */
  readonly durableAccept?: boolean;
}

/** Whether the jobs in Redis go with something else that this process was given. */
interface Belonging {
  /** Of what is wrong. */
  readonly code: string;
  /** What is wrong and how to mend it, if anything. @throws StorageError when the store does not say */
  fault(): Promise<string | undefined>;
}

/** Why jobs and process do not fit each other, such as a store that is that of another installation. */
interface Misfit {
  readonly code: string;
  readonly message: string;
}

export type StartCheckName = 'durability' | 'maxmemory' | 'clock_skew';

const MIN_REDIS: readonly [number, number] = [6, 2];
const MIN_WAITAOF: readonly [number, number] = [7, 2];
const MAX_SKEW_MS = 60_000;
const WARN_SKEW_MS = 2_000;
const LOOK_MS = 1_000;

/**
 * Checks that the server of one shard keeps what it acknowledges: policy, version, persistence, memory limit
 * and clock, all from INFO and TIME. Repeated at every reconnect, because a failover may land on another
 * configuration. Redis being away is no fault.
 */
export class ServerCheck {
  readonly #logger = new Logger('StartChecks');
  readonly #listeners: ((report: StartCheckReport) => void)[] = [];
  #report: StartCheckReport = { faults: [], refusal: undefined, warnings: new Map(), memoryRatio: 0 };
  #looking: NodeJS.Timeout | undefined;

  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(
    { redis, keys }: { readonly redis: Redis; readonly keys: Keys },
    private readonly needs: ServerNeeds,
  ) {
    this.#redis = redis;
    this.#keys = keys;
    redis.on('ready', () => {
      this.#repeat();
      this.#watch();
    });
    redis.on('close', () => clearInterval(this.#looking));
    if (redis.status === 'ready') this.#watch();
  }

  /** What the newest check found; nothing before the first. */
  get report(): StartCheckReport {
    return this.#report;
  }

  /** Reports what every check from now on finds: a process whose Redis has faults must take no more jobs. */
  onReport(listener: (report: StartCheckReport) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * @throws InvalidConfigError `unsafe_redis` when Redis answers and is configured so that jobs could get
   * lost, `unfit_store` or the code of a belonging when only that is at fault
   */
  async check(now: () => number = Date.now): Promise<StartCheckReport> {
    const [info, time, refusal] = await Promise.all([this.#redis.info(), this.#redis.time(), this.#refusal()]);
    const assessed = assess(parseInfo(info), Number(time[0]) * 1000 + Number(time[1]) / 1000 - now(), this.needs);
    // Whose store it is, Redis knows, and the first to ask writes it.
    const misfits = refusal === undefined ? await this.#misfits() : [];
    const faults = [...assessed.faults, ...misfits.map(({ message }) => message)];
    const report = { ...assessed, refusal, faults };
    this.#publish(report);
    const code = assessed.faults.length > 0 ? 'unsafe_redis' : misfits[0]?.code;
    if (code !== undefined) throw new InvalidConfigError(code, faults.join('\n'));
    return report;
  }

  async #misfits(): Promise<Misfit[]> {
    const found = await Promise.all(this.needs.belongings.map((belonging) => this.#misfit(belonging)));
    return found.flatMap((misfit) => misfit ?? []);
  }

  /** A store that cannot be read says nothing about where it belongs; its own check says so. */
  async #misfit(belonging: Belonging): Promise<Misfit | undefined> {
    try {
      const message = await belonging.fault();
      return message === undefined ? undefined : { code: belonging.code, message };
    } catch (error) {
      if (error instanceof UnfitStoreError) return { code: 'unfit_store', message: error.message };
      if (!(error instanceof StorageError)) throw error;
      this.#logger.error(`the artifact store fails: ${error.message}`);
      return undefined;
    }
  }

  #publish(report: StartCheckReport): void {
    const former = this.#report;
    this.#report = report;
    if (report.refusal !== former.refusal)
      this.#logger.warn(report.refusal === undefined ? 'Redis takes writes again' : `Redis refuses: ${report.refusal}`);
    for (const [name, warning] of report.warnings) if (!former.warnings.has(name)) this.#logger.warn(warning);
    for (const listener of this.#listeners) listener(report);
  }

  /** A role can change while the connection stays. */
  #watch(): void {
    clearInterval(this.#looking);
    this.#looking = setInterval(() => {
      this.#look().catch((error: unknown) => this.#logger.error(String(error)));
    }, LOOK_MS).unref();
  }

  async #look(): Promise<void> {
    const refusal = await this.#refusal();
    if (refusal === this.#report.refusal) return;
    if (refusal === undefined) await this.check();
    else this.#publish({ ...this.#report, refusal });
  }

  #repeat(): void {
    this.check().catch((error: unknown) => this.#logger.error(String(error)));
  }

  /**
   * What Redis has against a write that changes nothing; undefined when it takes it, or does not answer at
   * all.
   */
  async #refusal(): Promise<string | undefined> {
    try {
      await this.#redis.del(this.#keys.probe);
      return undefined;
    } catch (error) {
      return error instanceof Error && error instanceof ReplyError ? error.message : undefined;
    }
  }
}

/** @param skewMs Redis' clock minus ours */
export function assess(
  info: ReadonlyMap<string, string>,
  skewMs: number,
  { durableAccept = false }: Pick<ServerNeeds, 'durableAccept'> = {},
): Omit<StartCheckReport, 'refusal'> {
  const faults: string[] = [];
  const warnings = new Map<StartCheckName, string>();
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  if (policy !== 'noeviction')
    faults.push(
      `Redis' maxmemory-policy is ${policy}, which may evict jobs: run "redis-cli config set maxmemory-policy noeviction"`,
    );
  const version = info.get('redis_version') ?? '0.0';
  if (isOlder(version, MIN_REDIS))
    faults.push(`Redis ${version} is too old: version ${MIN_REDIS.join('.')} or newer is needed`);
  if (durableAccept) faults.push(...withoutDurableAccept(version, info.get('aof_enabled')));
  const skew = Math.round(Math.abs(skewMs));
  if (skew > MAX_SKEW_MS) faults.push(`this machine's clock and Redis' differ by ${skew} ms: synchronise them (NTP)`);
  else if (skew > WARN_SKEW_MS) warnings.set('clock_skew', `this machine's clock and Redis' differ by ${skew} ms`);
  if (info.get('aof_enabled') !== '1')
    warnings.set(
      'durability',
      'durability: none. Redis writes no append-only file, so its restart loses all jobs: set "appendonly yes"',
    );
  const maxmemory = Number(info.get('maxmemory') ?? 0);
  if (maxmemory === 0)
    warnings.set('maxmemory', 'Redis has no maxmemory: set one, so that a full queue is refused and not killed');
  return { faults, warnings, memoryRatio: maxmemory === 0 ? 0 : Number(info.get('used_memory') ?? 0) / maxmemory };
}

function withoutDurableAccept(version: string, aofEnabled: string | undefined): string[] {
  if (isOlder(version, MIN_WAITAOF))
    return [
      `STRIDE_DURABLE_ACCEPT needs WAITAOF of Redis ${MIN_WAITAOF.join('.')} or newer, this is ${version}: unset it and set "appendfsync always" there`,
    ];
  return aofEnabled === '1' ? [] : ['STRIDE_DURABLE_ACCEPT needs the append-only file of Redis: set "appendonly yes"'];
}

/** INFO's `name:value` lines. */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(/\r?\n/).filter((line) => line.includes(':') && !line.startsWith('#'));
  return new Map(pairs.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [isMajor = 0, isMinor = 0] = version.split('.').map(Number);
  return isMajor < major || (isMajor === major && isMinor < minor);
}
