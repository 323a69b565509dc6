import { Injectable, Logger } from '@nestjs/common';
import { CancelledError, type TrainingConfig } from '#ddim';
import { trainingConfigHash, type TrainingCheckpoint } from '#training';
import { ByteClaims, Shards, type CheckpointPointer, type HeldAttempt, type QueueShard } from '#queue';
import { ArtifactMetrics, TrainingMetrics } from '#metrics';
import { decodeTrainingCheckpoint, encodeTrainingCheckpoint, ArtifactStore, StorageError } from '#storage';
import { StoreHealth } from '../process/store-health.js';

interface CheckpointOf {
  readonly model: string;
  /** Whose bytes they are; undefined where there are no keys. */
  readonly owner: string | undefined;
  readonly signal: AbortSignal;
}

/** Keeps the checkpoints of training jobs, and finds where a job goes on. */
@Injectable()
export class TrainingCheckpoints {
  readonly #logger = new Logger(TrainingCheckpoints.name);

  constructor(
    private readonly shards: Shards<QueueShard>,
    private readonly artifacts: ArtifactStore,
    private readonly metrics: TrainingMetrics,
    private readonly artifactMetrics: ArtifactMetrics,
    private readonly store: StoreHealth,
    private readonly claims: ByteClaims,
  ) {}

  /** The newest checkpoint that is whole and belongs to this configuration; undefined: start at step 0. */
  async newest(jobId: string, config: TrainingConfig): Promise<TrainingCheckpoint | undefined> {
    const configHash = trainingConfigHash(config);
    for (const pointer of await this.shards.holding(jobId).ledger.checkpoints(jobId)) {
      const checkpoint = await this.#read(pointer);
      if (checkpoint?.configHash === configHash) return checkpoint;
      this.metrics.checkpointFallback();
      this.#logger.warn(`${jobId}: the checkpoint of step ${pointer.step} cannot be used, trying the one before it`);
    }
    return undefined;
  }

  /**
   * Durable bytes first, tried again for as long as the store is to blame; then they count for their owner;
   * then the pointer, which only the holder of the job's lock may advance; then the checkpoint before the
   * last two goes. @throws CancelledError when another worker has the job by now; StorageError
   */
  async keep(
    attempt: HeldAttempt,
    checkpoint: TrainingCheckpoint,
    { model, owner, signal }: CheckpointOf,
  ): Promise<void> {
    const startedAt = performance.now();
    // With the job's id in it no other job has the same bytes, so that they can be taken away.
    const metadata = { ...checkpoint.metadata, job: attempt.jobId };
    const file = encodeTrainingCheckpoint({ ...checkpoint, metadata });
    const { sha256, bytes } = await this.store.persist(() => this.artifacts.put(file), signal);
    if (owner !== undefined) await this.claims.take(owner, { sha256, bytes });
    const pointer = { step: checkpoint.update, sha256, bytes };
    const superseded = await this.shards.holding(attempt.jobId).ledger.advanceCheckpoint(attempt, pointer);
    if (superseded === undefined)
      throw new CancelledError('shutdown', 'another worker has the job: its lock was lost before a checkpoint');
    const seconds = (performance.now() - startedAt) / 1000;
    this.metrics.checkpointed(model, seconds);
    this.artifactMetrics.written('checkpoint', bytes, seconds);
    await this.#remove(superseded, owner);
  }

  /** What stays behind is swept later, and so are the claims to it. */
  async #remove(superseded: readonly CheckpointPointer[], owner: string | undefined): Promise<void> {
    for (const { sha256, step } of superseded) {
      try {
        await this.artifacts.remove(sha256);
        if (owner !== undefined) await this.claims.release(owner, sha256);
      } catch (error) {
        this.#logger.warn(`checkpoint of step ${step} was not removed: ${String(error)}`);
      }
    }
  }

  /**
   * Verified bytes, or undefined when they are damaged or gone. @throws StorageError when nobody can say:
   * the work in them is not lost
   */
  async #read({ sha256, step }: CheckpointPointer): Promise<TrainingCheckpoint | undefined> {
    try {
      return decodeTrainingCheckpoint(await this.artifacts.get(sha256));
    } catch (error) {
      if (error instanceof StorageError && error.code !== 'artifact_corrupt') throw error;
      this.#logger.warn(`checkpoint of step ${step}: ${String(error)}`);
      return undefined;
    }
  }
}
