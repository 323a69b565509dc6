import { createHash, randomInt } from 'node:crypto';
import { jobIdShard, MOST_SHARDS, newJobId, type JobKind } from '#contract';
import { STRIDE_PREFIX } from './bullmq/queue-options.js';

/**
 * Complete queues side by side, each in a hash slot of its own, so that a cluster puts them on several nodes.
 * With one shard keys and ids are those of an installation without shards.
 */
export class Shards<Part> {
  /** In the order of their numbers. */
  readonly all: readonly Part[];

  /**
   * @param make what stands on the keys with this prefix
   * @throws RangeError for a number of shards that ids cannot name
   */
  constructor(count: number, make: (prefix: string, shard: number) => Part) {
    if (!Number.isInteger(count) || count < 1 || count > MOST_SHARDS)
      throw new RangeError(`there are 1 to ${MOST_SHARDS} shards, not ${count}`);
    this.all = Array.from({ length: count }, (_, shard) => make(prefixOf(shard), shard));
  }

  /**
   * An id for a new job, by which its shard is found as long as that is there.
   * @param meets what others must meet in the same shard, such as an Idempotency-Key with its scope; absent
   * for a job that goes anywhere
   */
  newJobId(kind: JobKind, meets?: string): string {
    const shard = meets === undefined ? randomInt(this.all.length) : shardMeeting(meets, this.all.length);
    return newJobId(kind, Date.now(), shard);
  }

  /** Where the job is, if it is anywhere: undefined when there are fewer shards. */
  of(jobId: string): Part | undefined {
    return this.all[jobIdShard(jobId)];
  }
}

function prefixOf(shard: number): string {
  return shard === 0 ? STRIDE_PREFIX : STRIDE_PREFIX.replace('}', `:${shard}}`);
}

function shardMeeting(text: string, count: number): number {
  return createHash('sha256').update(text).digest().readUInt32BE() % count;
}
