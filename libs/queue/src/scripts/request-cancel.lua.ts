import { RedisScript } from './redis-script.js';
import { NOW } from './redis-time.lua.js';

/**
 * KEYS: job hash, ledger. ARGV: ttl ms, reason, the time after which nothing is cancelled. Answers the
 * record, `unknown`, `finished` or `late`.
 * A record that exists wins, so a cancel is idempotent; a finished job cannot be cancelled. `ats` is BullMQ's
 * attemptsStarted.
 */
export const requestCancel = new RedisScript(`${NOW}
local known = redis.call('HGET', KEYS[2], 'cancel')
if known then return known end
local job = redis.call('HMGET', KEYS[1], 'timestamp', 'finishedOn', 'ats')
if not job[1] then return 'unknown' end
if job[2] then return 'finished' end
if now() > tonumber(ARGV[3]) then return 'late' end
local record = cjson.encode({ at = now(), attempt = tonumber(job[3] or '0'), reason = ARGV[2] })
redis.call('HSET', KEYS[2], 'cancel', record)
redis.call('PEXPIRE', KEYS[2], ARGV[1])
return record
`);
