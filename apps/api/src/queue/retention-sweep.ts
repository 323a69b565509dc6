import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { JOB_KINDS, KINDS } from '#contract';
import { unlessWrongType } from '#queue';
import { UnreadableRecords } from '#server';
import { JobIndex } from '../jobs/list/job-index.js';
import type { QueueConnection } from './queue-connection.js';
import { QueueShards } from './queue-shards.js';

const MINUTE_MS = 60_000;
const MAX_JOBS_PER_SWEEP = 5_000;

/** Forgets old jobs each minute, because BullMQ's own retention by age runs only when another job ends. */
@Injectable()
export class RetentionSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RetentionSweep.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly shards: QueueShards,
    private readonly index: JobIndex,
    private readonly unreadable: UnreadableRecords,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      for (const shard of this.shards.ready)
        this.sweep(shard).catch((error: unknown) => this.logger.warn(`not finished: ${String(error)}`));
    }, MINUTE_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async sweep(shard: QueueConnection): Promise<void> {
    for (const kind of JOB_KINDS) {
      const { queue } = shard.queues[kind];
      for (const state of ['completed', 'failed'] as const)
        await this.goOn(queue.clean(KINDS[kind].kept[state].ms, MAX_JOBS_PER_SWEEP, state));
      await this.goOn(this.index.trim(shard, kind, Date.now()));
    }
  }

  /**
   * A key of somebody else's must not keep the rest from being swept. @throws every error but that of a wrong
   * type
   */
  private async goOn(part: Promise<unknown>): Promise<void> {
    await unlessWrongType(part, undefined, (cause) => this.unreadable.report('a list of jobs to be swept', cause));
  }
}
