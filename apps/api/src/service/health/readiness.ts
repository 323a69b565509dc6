import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorFunction } from '@nestjs/terminus';
import { StartChecks } from '#server';
import { ArtifactStore } from '#storage';
import { Shutdown } from '../lifecycle/shutdown.js';
import { QueueShards } from '../../queue/queue-shards.js';

const STORE_CHECK_MS = 2_000;

/** What has to hold before this process can do its work. */
@Injectable()
export class Readiness {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly shards: QueueShards,
    private readonly startChecks: StartChecks,
    private readonly artifacts: ArtifactStore,
    private readonly shutdown: Shutdown,
  ) {}

  checks(): HealthIndicatorFunction[] {
    return [() => this.process(), () => this.redis(), () => this.configuration(), () => this.store()];
  }

  private process() {
    const indicator = this.indicators.check('process');
    return this.shutdown.isLeaving ? indicator.down('shutting down') : indicator.up();
  }

  private redis() {
    const indicator = this.indicators.check('redis');
    const { refusal } = this.startChecks.report;
    const away = this.shards.all.find(({ isReady }) => !isReady);
    if (away) return indicator.down(`not reachable: ${away.redis.trouble ?? away.redis.status}`);
    return refusal === undefined ? indicator.up() : indicator.down(refusal);
  }

  private configuration() {
    const indicator = this.indicators.check('redisConfiguration');
    const { faults, warnings } = this.startChecks.report;
    if (faults.length > 0) return indicator.down({ faults });
    return indicator.up({ warnings: Object.fromEntries(warnings) });
  }

  private store() {
    const indicator = this.indicators.check('artifactStore');
    return indicator
      .attempt(() => this.artifacts.check())
      .withTimeout(STORE_CHECK_MS)
      .cacheFor(STORE_CHECK_MS);
  }
}
