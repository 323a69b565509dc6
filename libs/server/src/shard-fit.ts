import { countJobs, Keys, shardPrefix, type ShardCounts } from '#queue';
import { InvalidConfigError } from './config.js';
import { connectOnce } from './redis/connection.js';
import type { RedisAddress } from './redis/redis-address.js';

const CONNECT_MS = 5_000;

/** Whether STRIDE_SHARDS fits the jobs that are in Redis: fewer shards than before must leave none behind. */
export class ShardFit {
  readonly code = 'too_few_shards';

  constructor(
    private readonly counts: ShardCounts,
    private readonly count: number,
    private readonly address: RedisAddress,
  ) {}

  /**
   * What is wrong and how to mend it; undefined when it fits, and then it is noted for all that come later.
   * @throws Error when a shard that would go cannot be reached
   */
  async fault(): Promise<string | undefined> {
    const newest = await this.counts.newest();
    for (let shard = this.count; shard < newest; shard++) {
      const numJobs = await this.#jobsIn(shardPrefix(shard));
      if (numJobs > 0)
        return (
          `STRIDE_SHARDS=${this.count} would leave ${numJobs} jobs behind in ${shardPrefix(shard)}: go on with ` +
          `STRIDE_SHARDS=${newest} until they have ended and are no longer kept`
        );
    }
    await this.counts.note(this.count);
    return undefined;
  }

  /**
   * For a worker, which must serve every shard that the API fills.
   * @throws InvalidConfigError naming the setting
   */
  async requireAllServed(): Promise<void> {
    const newest = await this.counts.newest();
    if (newest <= this.count) return;
    const message = `STRIDE_SHARDS=${this.count} would leave jobs to nobody: the API fills ${newest} shards`;
    throw new InvalidConfigError(this.code, `${message}, so set STRIDE_SHARDS=${newest} here, too`);
  }

  async #jobsIn(prefix: string): Promise<number> {
    const redis = await connectOnce({ ...this.address, prefix }, CONNECT_MS);
    try {
      return await countJobs(redis, new Keys(prefix));
    } finally {
      redis.disconnect();
    }
  }
}
