import { Injectable, Logger } from '@nestjs/common';
import { CancelledError, trainingConfigHash, type TrainingCheckpoint, type TrainingConfig } from '#ddim';
import { JobLedger, type CheckpointPointer, type HeldAttempt } from '#jobs';
import { ArtifactMetrics, TrainingMetrics } from '#metrics';
import { decodeTrainingCheckpoint, encodeTrainingCheckpoint, FileArtifactStore } from '#storage';

/** Keeps the checkpoints of training jobs, and finds where a job goes on. */
@Injectable()
export class TrainingCheckpoints {
  readonly #logger = new Logger(TrainingCheckpoints.name);

  constructor(
    private readonly ledger: JobLedger,
    private readonly artifacts: FileArtifactStore,
    private readonly metrics: TrainingMetrics,
    private readonly artifactMetrics: ArtifactMetrics,
  ) {}

  /** The newest checkpoint that is whole and belongs to this configuration; undefined: start at step 0. */
  async newest(jobId: string, config: TrainingConfig): Promise<TrainingCheckpoint | undefined> {
    const configHash = trainingConfigHash(config);
    for (const pointer of await this.ledger.checkpoints(jobId)) {
      const checkpoint = await this.#read(pointer);
      if (checkpoint?.configHash === configHash) return checkpoint;
      this.metrics.checkpointFallback();
      this.#logger.warn(`${jobId}: the checkpoint of step ${pointer.step} cannot be used, trying the one before it`);
    }
    return undefined;
  }

  /**
   * Durable bytes first, then the pointer, which only the holder of the job's lock may advance.
   * @throws CancelledError when another worker has the job by now; StorageError
   */
  async store(attempt: HeldAttempt, model: string, checkpoint: TrainingCheckpoint): Promise<void> {
    const startedAt = performance.now();
    const { sha256, bytes } = await this.artifacts.put(encodeTrainingCheckpoint(checkpoint));
    const pointer = { step: checkpoint.update, sha256, bytes };
    if (!(await this.ledger.advanceCheckpoint(attempt, pointer)))
      throw new CancelledError('shutdown', 'another worker has the job: its lock was lost before a checkpoint');
    const seconds = (performance.now() - startedAt) / 1000;
    this.metrics.checkpointed(model, seconds);
    this.artifactMetrics.written('checkpoint', bytes, seconds);
  }

  /** Verified bytes, or undefined when they are damaged or gone. */
  async #read({ sha256, step }: CheckpointPointer): Promise<TrainingCheckpoint | undefined> {
    try {
      return decodeTrainingCheckpoint(await this.artifacts.get(sha256));
    } catch (error) {
      this.#logger.warn(`checkpoint of step ${step}: ${String(error)}`);
      return undefined;
    }
  }
}
