import type { Redis } from 'ioredis';
import type { Keys } from '../keys.js';
import type { JobKind } from '#contract';
import { RedisScript } from '../scripts/redis-script.js';
import { JOB_FIELDS, LEDGER_FIELDS } from './stored-job.js';

const NEWEST_EVENTS = 8;
const texts = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ');

/**
 * What Redis holds about jobs, all of it at one moment. A script, because Redis without memory takes no
 * transaction, not even to read. A key of another type answers an error in its place.
 * KEYS: of each job its hash, ledger and events, and the queue's lists active, prioritized and wait. ARGV:
 * the jobs' ids. The list of active jobs is as long as the workers' concurrency, not as the queue.
 */
const script = new RedisScript(`
local jobs = {}
for place, id in ipairs(ARGV) do
  local first = (place - 1) * 6
  local job, ledger, events = KEYS[first + 1], KEYS[first + 2], KEYS[first + 3]
  local active, prioritized, wait = KEYS[first + 4], KEYS[first + 5], KEYS[first + 6]
  jobs[place] = {
    redis.pcall('HMGET', job, ${texts(JOB_FIELDS)}),
    redis.pcall('HMGET', ledger, ${texts(LEDGER_FIELDS)}),
    redis.pcall('LPOS', active, id),
    redis.pcall('ZRANK', prioritized, id),
    redis.pcall('LLEN', wait),
    redis.pcall('XREVRANGE', events, '+', '-', 'COUNT', ${NEWEST_EVENTS})
  }
end
return jobs
`);

/**
 * The answers of Redis about each of these jobs, in the order of `parseStoredJob`'s.
 * @throws what its commands cannot answer in their places
 */
export async function readJobs(
  redis: Redis,
  keys: Keys,
  { kind, ids }: { readonly kind: JobKind; readonly ids: readonly string[] },
): Promise<readonly (readonly unknown[])[]> {
  const lists = ['active', 'prioritized', 'wait'].map((list) => keys.job(kind, list));
  const ofEach = ids.flatMap((id) => [keys.job(kind, id), keys.ledger(id), keys.events(id), ...lists]);
  return (await script.run(redis, ofEach, ids)) as readonly (readonly unknown[])[];
}
