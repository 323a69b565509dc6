import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { JOB_KINDS } from '#contract';
import { LIFETIMES } from '#queue';
import type { QueueConnection } from './queue-connection.js';
import { QueueShards } from './queue-shards.js';

/**
 * Looks for dead workers where no worker does, so that their jobs wait again when the next one comes; and at
 * Redis' clock, by which requests are accepted in time or not at all.
 */
@Injectable()
export class LeaseWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(LeaseWatch.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly shards: QueueShards) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      for (const shard of this.shards.ready)
        this.look(shard).catch((error: unknown) => this.logger.debug(`no look at the leases: ${String(error)}`));
    }, LIFETIMES.leaseEveryMs);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async look({ leases, clock }: QueueConnection): Promise<void> {
    const looking = leases.beat([], 1.5 * LIFETIMES.leaseEveryMs); // workers look first
    const [{ freed }] = await Promise.all([looking, clock.refresh()]);
    const jobs = JOB_KINDS.reduce((sum, kind) => sum + freed[kind], 0);
    if (jobs > 0) this.logger.warn(`a worker has died: ${jobs} jobs of it wait again`);
  }
}
