import { cancelError, CancelReason, type FinalJobEvent } from '#contract';
import { NOTICE_END } from './notice-end.lua.js';
import { RedisScript } from './redis-script.js';
import { NOW } from './redis-time.lua.js';
import { PUBLISH } from './publish-event.lua.js';

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
 * Lua: publishes the end of an attempt that BullMQ has on record, once, with what it says of a success;
 * answers `unrecorded` if it has none like it, else the job's cancel record or `published`. An accepted
 * cancel wins against every other end, and the outcome of a job that was cancelled is not published. A job
 * that has ended accepts no cancel, so what is read here stays true. Its starts and how far it had come say
 * nothing any more and are forgotten.
 */
export const END = `${NOW}${PUBLISH}${NOTICE_END}${CANCELLED}
local function endAttempt(keys, attempt, ends)
  local type, data, message = ends.type, ends.data, attempt.id
  local value = type == 'succeeded' and 'returnvalue' or 'failedReason'
  local job = redis.call('HMGET', keys.job, value, 'finishedOn', 'processedOn', 'ats', 'ended')
  if not (job[1] and job[2]) or job[4] ~= attempt.number then return 'unrecorded' end
  if attempt.remains ~= '' then redis.call('HSET', keys.job, 'data', attempt.remains) end
  local cancel = redis.call('HGET', keys.ledger, 'cancel')
  redis.call('HDEL', keys.ledger, 'starts', 'solo', 'rows', 'told', 'shown', 'drawn', 'pausedAt')
  if job[5] then return cancel or 'published' end
  local finishedAt = ends.time or now() -- by the clock of Redis instead of the worker's
  local trace = attempt.trace ~= '' and { 'trace', attempt.trace } or {}
  redis.call('HSET', keys.job, 'finishedOn', finishedAt, 'ended', attempt.number, unpack(trace))
  if cancel then
    if type ~= 'cancelled' then
      type = 'cancelled'
      data = CANCELLED[cjson.decode(cancel).reason]
    end
  elseif type == 'succeeded' then
    message = message .. '{"startedAt":' .. job[3] .. ',"finishedAt":' .. finishedAt .. ',"attempts":' .. job[4]
      .. ',"returnValue":' .. job[1] .. '}'
  end
  publish(keys.stream, type, data, ends.length, ends.ttl)
  redis.call('PUBLISH', ends.channel, message)
  noticeEnd(keys.awaited, keys.ended, ends.webhookChannel, attempt.id, type)
  return cancel or 'published'
end
`;

/**
 * KEYS: ledger, event stream, BullMQ's hash of the job, webhooks awaited and ended. ARGV: event type, event
 * data, stream length, ttl s, channel of ends, channel of webhooks, job id, attempt, what remains of the
 * job's data or '', how the attempt went or ''. See END.
 */
export const endJob = new RedisScript(`${END}
local keys = { ledger = KEYS[1], stream = KEYS[2], job = KEYS[3], awaited = KEYS[4], ended = KEYS[5] }
local ends = { type = ARGV[1], data = ARGV[2], length = ARGV[3], ttl = ARGV[4], channel = ARGV[5], webhookChannel = ARGV[6] }
return endAttempt(keys, { id = ARGV[7], number = ARGV[8], remains = ARGV[9], trace = ARGV[10] }, ends)
`);

/**
 * KEYS: ledger, event stream, job hash, webhooks awaited and ended. ARGV: event data, stream length, ttl s,
 * channel of ends, job id, channel of webhooks.
 * Publishes, once, the end of a job whose cancel was accepted and that runs nowhere; a worker that meets it
 * later publishes nothing. Answers 1 or 0.
 */
export const endCancelledJob = new RedisScript(`${PUBLISH}${NOTICE_END}
local isThere = redis.call('EXISTS', KEYS[3]) == 1 and redis.call('HEXISTS', KEYS[1], 'cancel') == 1
if not isThere or redis.call('HEXISTS', KEYS[3], 'ended') == 1 then return 0 end
redis.call('HSET', KEYS[3], 'ended', 0)
publish(KEYS[2], 'cancelled', ARGV[1], ARGV[2], ARGV[3])
redis.call('PUBLISH', ARGV[4], ARGV[5])
noticeEnd(KEYS[4], KEYS[5], ARGV[6], ARGV[5], 'cancelled')
return 1
`);
