import type { Redis } from 'ioredis';
import { JOB_KINDS } from '#contract';
import type { Keys } from '../keys.js';

const LISTS = ['wait', 'active'] as const;
const SETS = ['prioritized', 'delayed', 'completed', 'failed'] as const;

/** All jobs of a shard that wait, run or are kept, and ends of jobs that are still to be reported. */
export async function countJobs(redis: Redis, keys: Keys): Promise<number> {
  const ofKinds = JOB_KINDS.flatMap((kind) => [
    ...LISTS.map((list) => redis.llen(keys.job(kind, list))),
    ...SETS.map((set) => redis.zcard(keys.job(kind, set))),
  ]);
  const counts = await Promise.all([...ofKinds, redis.hlen(keys.awaitedWebhooks)]);
  return counts.reduce((sum, count) => sum + count, 0);
}
