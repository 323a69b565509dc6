import { Inject, Injectable } from '@nestjs/common';
import { LIFETIMES, MAX_INDEX_ENTRIES, unlessWrongType, type Keys } from '#queue';
import { DEFAULT_OWNER, newJobId, type JobKind } from '#contract';
import { UnreadableRecords } from '#server';
import { API_CONFIG, type ApiConfig } from '../../api-config.js';
import type { QueueConnection } from '../../queue/queue-connection.js';
import { QueueShards } from '../../queue/queue-shards.js';

/** The jobs of a kind: of one owner, or of all. */
interface JobIds {
  readonly kind: JobKind;
  readonly owner?: string | undefined;
}

/** Ids between two texts: at the first or behind it, and before the second. */
export interface IdRange {
  readonly from?: string | undefined;
  readonly before?: string | undefined;
}

/**
 * The ids of submitted jobs in the order of their creation, which BullMQ itself does not keep: in each shard
 * one sorted set per kind whose members compare as text, each added with its job. An id may be listed whose
 * job is gone, but none is missing.
 */
@Injectable()
export class JobIndex {
  constructor(
    private readonly shards: QueueShards,
    private readonly unreadable: UnreadableRecords,
    @Inject(API_CONFIG) private readonly config: Pick<ApiConfig, 'STRIDE_KEPT_RESULTS'>,
  ) {}

  /** Up to `limit` ids of all shards within `range`, newest first. @throws QueueUnavailableError */
  async page(list: JobIds, limit: number, range: IdRange): Promise<string[]> {
    this.shards.requireReady();
    const pages = await Promise.all(this.shards.all.map((shard) => this.pageOf(shard, list, { limit, ...range })));
    const [first, ...others] = pages;
    if (first !== undefined && others.length === 0) return first;
    return newestFirst(pages.flat()).slice(0, limit);
  }

  /** Forgets ids whose jobs were found to be gone. */
  async remove(list: JobIds, jobIds: readonly string[]): Promise<void> {
    for (const [{ redis, keys }, ids] of this.shards.group(jobIds)) await redis.zrem(keyOf(keys, list), ...ids);
  }

  /** Trims a shard's list of all jobs of a kind, and that of each owner. */
  async trim(shard: QueueConnection, kind: JobKind, now: number): Promise<void> {
    const owners = await shard.redis.smembers(shard.keys.owners);
    const paused = new Set(await shard.pauses.paused(kind));
    for (const owner of [undefined, ...owners]) await this.trimOne(shard, { kind, owner }, { now, paused });
  }

  private pageOf(
    { redis, keys }: QueueConnection,
    list: JobIds,
    { limit, from, before }: IdRange & { readonly limit: number },
  ): Promise<string[]> {
    const [high, low] = [before === undefined ? '+' : `(${before}`, from === undefined ? '-' : `[${from}`];
    const ids = redis.zrevrangebylex(keyOf(keys, list), high, low, 'LIMIT', 0, limit);
    return unlessWrongType(ids, [], (cause) => this.unreadable.report(`the list of ${list.kind} jobs`, cause));
  }

  /** A job may be paused for longer than any other is kept. */
  private async trimOne(
    { redis, keys }: QueueConnection,
    list: JobIds,
    { now, paused }: { readonly now: number; readonly paused: ReadonlySet<string> },
  ): Promise<void> {
    const oldest = newJobId(list.kind, now - LIFETIMES.indexMs);
    const index = keyOf(keys, list);
    const old = (await redis.zrangebylex(index, '-', `(${oldest}`)).filter((id) => !paused.has(id));
    if (old.length > 0) await redis.zrem(index, ...old);
    await redis.zremrangebyrank(index, 0, -MAX_INDEX_ENTRIES - this.config.STRIDE_KEPT_RESULTS - 1);
  }
}

/** The jobs of the default owner are listed among all: they may be older than owners are. */
function keyOf(keys: Keys, { kind, owner }: JobIds): string {
  return keys.index(kind, owner === DEFAULT_OWNER ? undefined : owner);
}

/** In the order in which Redis compares members. */
function newestFirst(jobIds: readonly string[]): string[] {
  return jobIds.toSorted((left, right) => (left < right ? 1 : -1));
}
