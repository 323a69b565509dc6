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
 * Lua for scripts that end jobs. An accepted cancel wins against every other end: the outcome of a job that
 * was cancelled is not published. A job that has ended accepts no cancel, so what is read then stays true.
 * `forgetProgress`: a job's starts and how far it had come say nothing any more. `publishEnd` publishes the
 * end of an attempt, with what it says of a success.
 */
export const END = `${NOW}${PUBLISH}${NOTICE_END}${CANCELLED}
local function forgetProgress(ledger)
  redis.call('HDEL', ledger, 'starts', 'solo', 'rows', 'told', 'shown', 'drawn', 'pausedAt')
end
local function publishEnd(keys, attempt, cancel, ends)
  local type, data, message = ends.type, ends.data, attempt.id
  if cancel then
    if type ~= 'cancelled' then
      type = 'cancelled'
      data = CANCELLED[cjson.decode(cancel).reason]
    end
  elseif type == 'succeeded' then
    message = message .. '{"startedAt":' .. attempt.startedAt .. ',"finishedAt":' .. attempt.finishedAt
      .. ',"attempts":' .. attempt.number .. ',"returnValue":' .. attempt.value .. '}'
  end
  publish(keys.stream, type, data, ends.length, ends.ttl)
  redis.call('PUBLISH', ends.channel, message)
  noticeEnd(keys.awaited, keys.ended, ends.webhookChannel, attempt.id, type)
end
`;

/**
 * KEYS: ledger, event stream, BullMQ's hash of the job, webhooks awaited and ended. ARGV: event type, event
 * data, stream length, ttl s, channel of ends, channel of webhooks, job id, attempt, what remains of the
 * job's data or '', how the attempt went or ''. Publishes the end of an attempt that BullMQ has on record,
 * once; answers `unrecorded` if it has none like it, else the job's cancel record or `published`.
 */
export const endJob = new RedisScript(`${END}
local ledger, stream, job, awaited, ended = unpack(KEYS)
local type, data, length, ttl, channel, webhookChannel, id, number, remains, trace = unpack(ARGV)
local value = type == 'succeeded' and 'returnvalue' or 'failedReason'
local known = redis.call('HMGET', job, value, 'finishedOn', 'processedOn', 'ats', 'ended')
if not (known[1] and known[2]) or known[4] ~= number then return 'unrecorded' end
if remains ~= '' then redis.call('HSET', job, 'data', remains) end
local cancel = redis.call('HGET', ledger, 'cancel')
forgetProgress(ledger)
if known[5] then return cancel or 'published' end
local finishedAt = now() -- by the clock of Redis instead of the worker's
redis.call('HSET', job, 'finishedOn', finishedAt, 'ended', number, unpack(trace ~= '' and { 'trace', trace } or {}))
local keys = { stream = stream, awaited = awaited, ended = ended }
local attempt = { id = id, number = number, value = known[1], startedAt = known[3], finishedAt = finishedAt }
local ends = { type = type, data = data, length = length, ttl = ttl, channel = channel, webhookChannel = webhookChannel }
publishEnd(keys, attempt, cancel, ends)
return cancel or 'published'
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
