import { createRequire } from 'node:module';
import type { RedisQueueBackend } from 'bullmq';
import { z } from 'zod';

// BullMQ does not offer its scripts to others. Its version is exact, and what its layout must be is checked
// when this loads.
const { moveJobFromActiveToWait } = z
  .object({ moveJobFromActiveToWait: z.object({ content: z.string(), keys: z.literal(9) }) })
  .parse(createRequire(import.meta.url)('bullmq/dist/cjs/scripts/moveJobFromActiveToWait-9.js'));

/** Of BullMQ's script, in its order. */
export const RETURN_JOB_LISTS = [
  'active',
  'wait',
  'stalled',
  'paused',
  'meta',
  'limiter',
  'prioritized',
  'marker',
  'events',
] as const;

/**
 * Lua: gives a job from the holder of its lock back to the front of its class, and wakes a worker that waits
 * for one, which BullMQ leaves out for jobs with a priority. KEYS and ARGV are BullMQ's: a job's id, its
 * lock's token and its hash; answers below 0 mean that the lock was not there.
 */
export const RETURN_JOB = `
local function returnJob(KEYS, ARGV)
  local function move(KEYS, ARGV)
${moveJobFromActiveToWait.content}
  end
  local answer = move(KEYS, ARGV)
  if answer >= 0 then redis.call('ZADD', KEYS[8], 0, '0') end
  return answer
end
`;

/** From now on a job that a worker gives back is found at once by another one that has nothing to do. */
export async function wakeOnReturn(backend: RedisQueueBackend): Promise<void> {
  const redis = await backend.client;
  const command = Object.keys(redis).find((name) => name.startsWith('moveJobFromActiveToWait:'));
  if (command === undefined) throw new TypeError('BullMQ has no script that gives a job back');
  const lua = `${RETURN_JOB} return returnJob(KEYS, ARGV)`;
  redis.defineCommand(command, { numberOfKeys: moveJobFromActiveToWait.keys, lua });
}
