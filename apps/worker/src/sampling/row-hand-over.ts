import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { RowProgress } from '#engine';
import { Shards, type HeldAttempt, type KeptRows, type QueueShard } from '#queue';
import { ArtifactStore, decodeRowProgress, encodeRowProgress } from '#storage';

/** States of so many bytes lie in Redis; larger ones are artifacts, which the hourly sweep removes. */
const MAX_INLINE_BYTES = 32_768;

/**
 * Passes sampling jobs on from one worker to the next with what is done of them. None of it can fail a job:
 * what is not kept, or cannot be read, is done again with the same bytes.
 */
@Injectable()
export class RowHandOver {
  readonly #logger = new Logger(RowHandOver.name);

  constructor(
    private readonly shards: Shards<QueueShard>,
    private readonly artifacts: ArtifactStore,
  ) {}

  /** Keeps the rows of an attempt that stops here, unless another one has the job by now. */
  async keep(attempt: HeldAttempt, progress: RowProgress): Promise<void> {
    const { jobId } = attempt;
    try {
      const rows = await this.#store(encodeRowProgress(progress, jobId));
      const isKept = await this.shards.holding(jobId).ledger.keepRows(attempt, rows);
      if (!isKept) this.#logger.log(`${jobId}: another worker has it by now`);
    } catch (error) {
      this.#logger.warn(`${jobId}: what is done of it was not kept: ${String(error)}`);
    }
  }

  /** How far the job's rows had come when it was given back last. */
  async find(jobId: string): Promise<RowProgress | undefined> {
    try {
      const rows = await this.shards.holding(jobId).ledger.rows(jobId);
      return rows && decodeRowProgress(await this.#read(rows), jobId);
    } catch (error) {
      this.#logger.warn(`${jobId}: what was done of it cannot be read and is done again: ${String(error)}`);
      return undefined;
    }
  }

  async #store(bytes: Uint8Array): Promise<KeptRows> {
    if (bytes.length > MAX_INLINE_BYTES) return { sha256: (await this.artifacts.put(bytes)).sha256 };
    return { sha256: sha256Of(bytes), data: Buffer.from(bytes).toString('base64') };
  }

  async #read({ sha256, data }: KeptRows): Promise<Uint8Array> {
    if (data === undefined) return this.artifacts.get(sha256);
    const bytes = Buffer.from(data, 'base64');
    if (sha256Of(bytes) !== sha256) throw new Error('other bytes than were kept');
    return bytes;
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
