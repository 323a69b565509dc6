import { Injectable } from '@nestjs/common';
import type { Worker as BullWorker } from 'bullmq';
import { ShardFit, StartChecks, type StartCheckReport } from '#server';
import { Pauses } from '../attempts/pauses.js';

/**
 * Takes no jobs from a Redis that could lose them. After a failover it may be one: until it is mended, what
 * runs goes on and nothing new is taken.
 */
@Injectable()
export class RedisFaults {
  constructor(
    private readonly checks: StartChecks,
    private readonly fit: ShardFit,
    private readonly pauses: Pauses,
  ) {}

  /**
   * Waits for Redis if need be. @throws InvalidConfigError when it is configured so that jobs could get lost,
   * or has shards that this worker would not serve
   */
  async check(): Promise<void> {
    await this.checks.check();
    await this.fit.requireAllServed();
  }

  /** From now on these workers take jobs only while nothing is wrong. */
  govern(workers: readonly BullWorker[]): void {
    this.pauses.govern(workers);
    this.checks.onReport((report) => this.#obey(report));
    this.#obey(this.checks.report);
  }

  #obey({ faults, refusal }: StartCheckReport): void {
    const reasons = refusal === undefined ? faults : [...faults, refusal];
    if (reasons.length === 0) this.pauses.end('redis');
    else this.pauses.begin('redis', reasons.join('; '));
  }
}
