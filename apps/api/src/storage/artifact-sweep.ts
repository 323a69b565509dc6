import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InputError } from '#ddim';
import { JOB_KINDS, KINDS, type JobKind } from '#contract';
import { ByteClaims, LIFETIMES, type StoredJob } from '#queue';
import { DatasetStore, ArtifactStore, ModelRegistry, sha256sIn } from '#storage';
import { hasEnded, statusOf } from '../jobs/read/job-view.js';
import { JobIndex } from '../jobs/list/job-index.js';
import { JobReader } from '../jobs/read/job-reader.js';
import { QueueShards } from '../queue/queue-shards.js';

const HOUR_MS = 3_600_000;
const PAGE = 200;

/**
 * Removes each hour the bytes that are old and that no model, dataset or unfinished job with checkpoints
 * needs.
 */
@Injectable()
export class HourlyArtifactSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(HourlyArtifactSweep.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly shards: QueueShards,
    private readonly index: JobIndex,
    private readonly reader: JobReader,
    private readonly artifacts: ArtifactStore,
    private readonly datasets: DatasetStore,
    private readonly models: ModelRegistry,
    private readonly claims: ByteClaims,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweep().catch((error: unknown) => this.logger.warn(`not finished: ${String(error)}`));
    }, HOUR_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Does nothing while a shard is away: then nobody knows what the jobs need. */
  private async sweep(): Promise<void> {
    if (!this.shards.areReady) return;
    const owners = await Promise.all([this.models.owners(), this.datasets.owners(), this.neededByJobs()]);
    const { removedFiles, removedBytes } = await this.artifacts.sweep(
      Date.now(),
      new Set(owners.flatMap((set) => [...set])),
      LIFETIMES.orphanMs,
    );
    await this.claims.prune((sha256) => this.isThere(sha256));
    if (removedFiles > 0) this.logger.log(`removed ${removedFiles} files, ${removedBytes} bytes`);
  }

  private async isThere(sha256: string): Promise<boolean> {
    try {
      await this.artifacts.stat(sha256);
      return true;
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  }

  private async neededByJobs(): Promise<ReadonlySet<string>> {
    const needed = new Set<string>();
    for (const kind of JOB_KINDS) {
      if (KINDS[kind].hasCheckpoints) for await (const sha256 of this.neededBy(kind)) needed.add(sha256);
    }
    return needed;
  }

  private async *neededBy(kind: JobKind): AsyncGenerator<string> {
    let cursor: string | undefined;
    do {
      const ids = await this.index.page({ kind }, PAGE, { before: cursor });
      for (const job of await this.reader.readAll(kind, ids))
        if (job !== undefined && !hasEnded(statusOf(job))) yield* await this.needs(job);
      cursor = ids.length === PAGE ? ids.at(-1) : undefined;
    } while (cursor !== undefined);
  }

  /** Its checkpoints, and every hash in its data: data of a newer release, too, names what it needs. */
  private async needs(job: StoredJob): Promise<string[]> {
    const checkpoints = await this.shards.holding(job.id).ledger.checkpoints(job.id);
    return [...sha256sIn(JSON.stringify(job.data)), ...checkpoints.map(({ sha256 }) => sha256)];
  }
}
