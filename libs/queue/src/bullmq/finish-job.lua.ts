import { createRequire } from 'node:module';
import type { RedisQueueBackend } from 'bullmq';
import { z } from 'zod';

// BullMQ does not offer its scripts to others. Its version is exact, and what its layout must be is checked
// when this loads.
const { moveToFinished } = z
  .object({ moveToFinished: z.object({ content: z.string(), keys: z.literal(14) }) })
  .parse(createRequire(import.meta.url)('bullmq/dist/cjs/scripts/moveToFinished-14.js'));

/**
 * BullMQ's script for the end of a job, which takes the head of the queue only if that fits into the place
 * that is left: a job with no more rows, which nobody has started. Whatever else waits there is for a fetch
 * of its own. KEYS and ARGV are BullMQ's; field `rows` of a job is ours.
 */
const finishJob = `
local function headFits()
  local wait, prioritized, delayed, job = KEYS[1], KEYS[3], KEYS[7], KEYS[12]
  local due = ARGV[2] * 4096 + 4095
  if redis.call('LLEN', wait) > 0 or redis.call('ZCOUNT', delayed, 0, due) > 0 then return false end
  local head = redis.call('ZRANGE', prioritized, 0, 0)[1]
  local rows = tonumber(redis.call('HGET', job, 'rows'))
  if not head or not rows then return false end
  local next = redis.call('HMGET', ARGV[7] .. head, 'rows', 'ats')
  return (tonumber(next[1]) or math.huge) <= rows and (tonumber(next[2]) or 0) == 0
end
if ARGV[6] == '1' and not headFits() then ARGV[6] = '0' end
${moveToFinished.content}`;

/**
 * From now on the end of a job brings at most as many rows as it leaves, and one that will be retried brings
 * none.
 */
export async function takeOnlyWhatFits(backend: RedisQueueBackend): Promise<void> {
  const redis = await backend.client;
  const command = Object.keys(redis).find((name) => name.startsWith('moveToFinished:'));
  if (command === undefined) throw new TypeError('BullMQ has no script for the end of a job');
  redis.defineCommand(command, { numberOfKeys: moveToFinished.keys, lua: finishJob });
  const delay = backend.moveToDelayed.bind(backend);
  backend.moveToDelayed = (id, timestamp, time, token, options) =>
    delay(id, timestamp, time, token, { ...options, fetchNext: false });
}
