import { Injectable } from '@nestjs/common';
import { Keys, LIFETIMES, MAX_INDEX_ENTRIES, unlessWrongType } from '#queue';
import { newJobId, type JobKind } from '#contract';
import { UnreadableRecords } from '#server';
import { QueueConnection } from '../../queue/queue-connection.js';

/**
 * The ids of submitted jobs in the order of their creation, which BullMQ itself does not keep: one sorted set
 * per kind whose members compare as text, each added with its job. An id may be listed whose job is gone, but
 * none is missing.
 */
@Injectable()
export class JobIndex {
  private readonly keys = new Keys();

  constructor(
    private readonly connection: QueueConnection,
    private readonly unreadable: UnreadableRecords,
  ) {}

  /** Up to `limit` ids, newest first, before `cursor`. */
  page(kind: JobKind, limit: number, cursor: string | undefined): Promise<string[]> {
    this.connection.requireReady();
    const before = cursor === undefined ? '+' : `(${cursor}`;
    const ids = this.connection.redis.zrevrangebylex(this.keys.index(kind), before, '-', 'LIMIT', 0, limit);
    return unlessWrongType(ids, [], (cause) => this.unreadable.report(`the list of ${kind} jobs`, cause));
  }

  /** Forgets ids whose jobs were found to be gone. */
  async remove(kind: JobKind, jobIds: readonly string[]): Promise<void> {
    if (jobIds.length > 0) await this.connection.redis.zrem(this.keys.index(kind), ...jobIds);
  }

  async trim(kind: JobKind, now: number): Promise<void> {
    const oldest = newJobId(kind, now - LIFETIMES.indexMs);
    const { redis } = this.connection;
    const index = this.keys.index(kind);
    await Promise.all([
      redis.zremrangebylex(index, '-', `(${oldest}`),
      redis.zremrangebyrank(index, 0, -MAX_INDEX_ENTRIES - 1),
    ]);
  }
}
