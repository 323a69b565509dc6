import { RedisScript } from './redis-script.js';
import { TELL } from './tell-event.lua.js';

/**
 * KEYS: ledger, event stream, BullMQ's hash of the job. ARGV: event type, event data, stream length, ttl s,
 * channel of ends, job id, what remains of the job's data or ''. Tells an end that BullMQ has on record, with what it says of a success; answers `unrecorded` if it has none like
 * it, else the job's cancel record or `told`. An accepted cancel wins against every other end, and the outcome of a job that was cancelled is
 * not told. A job that has ended accepts no cancel, so what is read here stays true. Its starts say nothing any more and are forgotten.
 */
export const endJob = new RedisScript(`${TELL}
local type, data, message, remains = ARGV[1], ARGV[2], ARGV[6], ARGV[7]
local value = type == 'succeeded' and 'returnvalue' or 'failedReason'
local job = redis.call('HMGET', KEYS[3], value, 'finishedOn', 'processedOn', 'ats')
if not (job[1] and job[2]) then return 'unrecorded' end
if remains ~= '' then redis.call('HSET', KEYS[3], 'data', remains) end
local cancel = redis.call('HGET', KEYS[1], 'cancel')
redis.call('HDEL', KEYS[1], 'starts', 'solo')
if cancel then
  if type ~= 'cancelled' then
    type = 'cancelled'
    data = cjson.encode({ type = type, error = { code = cjson.decode(cancel).reason, message = 'cancelled by request' } })
  end
elseif type == 'succeeded' then
  message = message .. '{"startedAt":' .. job[3] .. ',"finishedAt":' .. job[2] .. ',"attempts":' .. job[4]
    .. ',"returnValue":' .. job[1] .. '}'
end
tell(KEYS[2], type, data, ARGV[3], ARGV[4])
redis.call('PUBLISH', ARGV[5], message)
return cancel or 'told'
`);
