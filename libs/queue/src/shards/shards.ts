import { createHash } from 'node:crypto';
import { jobIdShard, MOST_SHARDS } from '#contract';
import { STRIDE_PREFIX } from '../bullmq/queue-options.js';

/**
 * Complete queues side by side, each in a hash slot of its own, so that a cluster puts them on several nodes.
 * With one shard keys and ids are those of an installation without shards.
 */
export class Shards<Part> {
  /** In the order of their numbers. */
  readonly all: readonly [Part, ...Part[]];

  /**
   * @param make what stands on the keys with this prefix
   * @throws RangeError for a number of shards that ids cannot name
   */
  constructor(count: number, make: (prefix: string, shard: number) => Part) {
    if (!Number.isInteger(count) || count < 1 || count > MOST_SHARDS)
      throw new RangeError(`there are 1 to ${MOST_SHARDS} shards, not ${count}`);
    const first = make(shardPrefix(0), 0);
    this.all = [first, ...Array.from({ length: count - 1 }, (_, i) => make(shardPrefix(i + 1), i + 1))];
  }

  /** Where a job is that is somewhere; undefined when there are fewer shards. */
  of(jobId: string): Part | undefined {
    return this.all[jobIdShard(jobId)];
  }

  /** Where a job is that was found before. @throws RangeError when there are fewer shards */
  holding(jobId: string): Part {
    const part = this.of(jobId);
    if (part === undefined) throw new RangeError(`job ${jobId} is in none of ${this.all.length} shards`);
    return part;
  }

  /** These jobs by the shards that they are in; those of shards that are not there are left out. */
  group(jobIds: readonly string[]): ReadonlyMap<Part, readonly string[]> {
    const groups = new Map<Part, string[]>();
    for (const jobId of jobIds) {
      const part = this.of(jobId);
      if (part === undefined) continue;
      const group = groups.get(part) ?? [];
      group.push(jobId);
      groups.set(part, group);
    }
    return groups;
  }
}

/** What the keys of a shard begin with. */
export function shardPrefix(shard: number): string {
  return shard === 0 ? STRIDE_PREFIX : STRIDE_PREFIX.replace('}', `:${shard}}`);
}

/** The shard, of so many, in which all meet that have the same text, such as an Idempotency-Key. */
export function meetingShard(text: string, count: number): number {
  return createHash('sha256').update(text).digest().readUInt32BE() % count;
}
