import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { unlessWrongType, type JobKind } from '#jobs';
import { UnreadableRecords } from '#server';
import { JobIndex } from './job-index.js';
import { QueueConnection } from './queue-connection.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MAX_JOBS_PER_SWEEP = 5_000;

// One hour is promised for results; a second one forgives a clock that is set.
const RETENTION: readonly { kind: JobKind; state: 'completed' | 'failed'; ageMs: number }[] = [
  { kind: 'sampling', state: 'completed', ageMs: 2 * HOUR_MS },
  { kind: 'sampling', state: 'failed', ageMs: 7 * DAY_MS },
  { kind: 'training', state: 'completed', ageMs: 7 * DAY_MS },
  { kind: 'training', state: 'failed', ageMs: 7 * DAY_MS },
];

/** Forgets old jobs each minute, because BullMQ's own retention by age runs only when another job ends. */
@Injectable()
export class RetentionSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RetentionSweep.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: QueueConnection,
    private readonly index: JobIndex,
    private readonly unreadable: UnreadableRecords,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweep().catch((error: unknown) => this.logger.warn(`not finished: ${String(error)}`));
    }, MINUTE_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async sweep(): Promise<void> {
    if (!this.connection.isReady) return;
    for (const { kind, state, ageMs } of RETENTION) {
      await this.goOn(this.connection.queues[kind].queue.clean(ageMs, MAX_JOBS_PER_SWEEP, state));
    }
    for (const kind of ['sampling', 'training'] as const) await this.goOn(this.index.trim(kind, Date.now()));
  }

  /** A key of somebody else's must not keep the rest from being swept. @throws every error but that of a wrong type */
  private async goOn(part: Promise<unknown>): Promise<void> {
    await unlessWrongType(part, undefined, (cause) => this.unreadable.report('a list of jobs to be swept', cause));
  }
}
