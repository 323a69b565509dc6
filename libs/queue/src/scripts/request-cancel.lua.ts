import { RedisScript } from './redis-script.js';
import { NOW } from './redis-time.lua.js';
import { UNPARK } from './pause-job.lua.js';

/**
 * KEYS: job hash, ledger, BullMQ's prioritized, delayed, marker. ARGV: ttl ms, reason, the time after which
 * nothing is cancelled, job id. Answers the record, `unknown`, `finished` or `late`.
 * A record that exists wins, so a cancel is idempotent; a finished job cannot be cancelled. `ats` is BullMQ's
 * attemptsStarted. A job that was paused is put back into its queue, where a worker clears it away.
 */
export const requestCancel = new RedisScript(`${NOW}${UNPARK}
local function endPause()
  redis.call('HDEL', KEYS[2], 'pausedAt')
  unpark(ARGV[4], KEYS[1], KEYS[3], KEYS[4], KEYS[5])
end
local known = redis.call('HMGET', KEYS[2], 'cancel', 'pausedAt')
if known[1] then
  if known[2] then endPause() end -- cancelled by a release that knows of no pause
  return known[1]
end
local job = redis.call('HMGET', KEYS[1], 'timestamp', 'finishedOn', 'ats')
if not job[1] then return 'unknown' end
if job[2] then return 'finished' end
if now() > tonumber(ARGV[3]) then return 'late' end
local record = cjson.encode({ at = now(), attempt = tonumber(job[3] or '0'), reason = ARGV[2] })
redis.call('HSET', KEYS[2], 'cancel', record)
redis.call('PEXPIRE', KEYS[2], ARGV[1])
if known[2] then endPause() end
return record
`);
