import { Injectable } from '@nestjs/common';
import { Keys, LIFETIMES, MAX_INDEX_ENTRIES, unlessWrongType } from '#queue';
import { DEFAULT_OWNER, newJobId, type JobKind } from '#contract';
import { UnreadableRecords } from '#server';
import { QueueConnection } from '../../queue/queue-connection.js';

/** The jobs of a kind: of one owner, or of all. */
interface JobIds {
  readonly kind: JobKind;
  readonly owner?: string | undefined;
}

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
  page(list: JobIds, limit: number, cursor: string | undefined): Promise<string[]> {
    this.connection.requireReady();
    const before = cursor === undefined ? '+' : `(${cursor}`;
    const ids = this.connection.redis.zrevrangebylex(this.keyOf(list), before, '-', 'LIMIT', 0, limit);
    return unlessWrongType(ids, [], (cause) => this.unreadable.report(`the list of ${list.kind} jobs`, cause));
  }

  /** Forgets ids whose jobs were found to be gone. */
  async remove(list: JobIds, jobIds: readonly string[]): Promise<void> {
    if (jobIds.length > 0) await this.connection.redis.zrem(this.keyOf(list), ...jobIds);
  }

  /** Trims the list of all jobs of a kind, and that of each owner. */
  async trim(kind: JobKind, now: number): Promise<void> {
    const owners = await this.connection.redis.smembers(this.keys.owners);
    for (const owner of [undefined, ...owners]) await this.trimOne({ kind, owner }, now);
  }

  private async trimOne(list: JobIds, now: number): Promise<void> {
    const oldest = newJobId(list.kind, now - LIFETIMES.indexMs);
    const { redis } = this.connection;
    const index = this.keyOf(list);
    await Promise.all([
      redis.zremrangebylex(index, '-', `(${oldest}`),
      redis.zremrangebyrank(index, 0, -MAX_INDEX_ENTRIES - 1),
    ]);
  }

  /** The jobs of the default owner are listed among all: they may be older than owners are. */
  private keyOf({ kind, owner }: JobIds): string {
    return this.keys.index(kind, owner === DEFAULT_OWNER ? undefined : owner);
  }
}
