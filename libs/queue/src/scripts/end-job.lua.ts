import { cancelError, CancelReason, type FinalJobEvent } from '#contract';
import { NOTICE_END } from './notice-end.lua.js';
import { RedisScript } from './redis-script.js';
import { NOW } from './redis-time.lua.js';
import { PUBLISH } from './publish-event.lua.js';

/**
 * Lua: whether the end of a job was published before. The release before left no mark in the job's hash, but
 * the end itself in its stream.
 */
const HAS_ENDED = `
local function hasEnded(job, stream)
  if redis.call('HEXISTS', job, 'ended') == 1 then return true end
  local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  local type = last and last[2][2]
  return type == 'succeeded' or type == 'failed' or type == 'cancelled'
end
`;

/** Lua: the last event of a job that was cancelled, by the reason. */
const CANCELLED = `
local CANCELLED = {
${CancelReason.options.map((reason) => `  ${reason} = [[${JSON.stringify(cancelledEvent(reason))}]]`).join(',\n')}
}
`;

function cancelledEvent(reason: CancelReason): FinalJobEvent {
  return { type: 'cancelled', error: cancelError(reason) };
}

/**
 * KEYS: ledger, event stream, BullMQ's hash of the job, webhooks awaited and ended. ARGV: event type, event
 * data, stream length, ttl s, channel of ends, job id, what remains of the job's data or '', attempt, channel
 * of webhooks, how the attempt went or ''. Publishes the end of this attempt that BullMQ has on record, once,
 * with what it says of a success; answers `unrecorded` if it has none like it, else the job's cancel record
 * or `published`. An accepted cancel wins against every other end, and the outcome of a job that was
 * cancelled is not published. A job that has ended accepts no cancel, so what is read here stays true. Its
 * starts and how far it had come say nothing any more and are forgotten.
 */
export const endJob = new RedisScript(`${NOW}${PUBLISH}${NOTICE_END}${HAS_ENDED}${CANCELLED}
local type, data, message, remains, attempt = ARGV[1], ARGV[2], ARGV[6], ARGV[7], ARGV[8]
local value = type == 'succeeded' and 'returnvalue' or 'failedReason'
local job = redis.call('HMGET', KEYS[3], value, 'finishedOn', 'processedOn', 'ats')
if not (job[1] and job[2]) or job[4] ~= attempt then return 'unrecorded' end
if remains ~= '' then redis.call('HSET', KEYS[3], 'data', remains) end
local cancel = redis.call('HGET', KEYS[1], 'cancel')
redis.call('HDEL', KEYS[1], 'starts', 'solo', 'rows', 'told', 'shown', 'drawn', 'pausedAt')
if hasEnded(KEYS[3], KEYS[2]) then return cancel or 'published' end
local finishedAt = now() -- by the clock of Redis instead of the worker's
local trace = ARGV[10] ~= '' and { 'trace', ARGV[10] } or {}
redis.call('HSET', KEYS[3], 'finishedOn', finishedAt, 'ended', attempt, unpack(trace))
if cancel then
  if type ~= 'cancelled' then
    type = 'cancelled'
    data = CANCELLED[cjson.decode(cancel).reason]
  end
elseif type == 'succeeded' then
  message = message .. '{"startedAt":' .. job[3] .. ',"finishedAt":' .. finishedAt .. ',"attempts":' .. job[4]
    .. ',"returnValue":' .. job[1] .. '}'
end
publish(KEYS[2], type, data, ARGV[3], ARGV[4])
redis.call('PUBLISH', ARGV[5], message)
noticeEnd(KEYS[4], KEYS[5], ARGV[9], ARGV[6], type)
return cancel or 'published'
`);

/**
 * KEYS: ledger, event stream, job hash, webhooks awaited and ended. ARGV: event data, stream length, ttl s,
 * channel of ends, job id, channel of webhooks.
 * Publishes, once, the end of a job whose cancel was accepted and that runs nowhere; a worker that meets it
 * later publishes nothing. Answers 1 or 0.
 */
export const endCancelledJob = new RedisScript(`${PUBLISH}${NOTICE_END}${HAS_ENDED}
local isThere = redis.call('EXISTS', KEYS[3]) == 1 and redis.call('HEXISTS', KEYS[1], 'cancel') == 1
if not isThere or hasEnded(KEYS[3], KEYS[2]) then return 0 end
redis.call('HSET', KEYS[3], 'ended', 0)
publish(KEYS[2], 'cancelled', ARGV[1], ARGV[2], ARGV[3])
redis.call('PUBLISH', ARGV[4], ARGV[5])
noticeEnd(KEYS[4], KEYS[5], ARGV[6], ARGV[5], 'cancelled')
return 1
`);
