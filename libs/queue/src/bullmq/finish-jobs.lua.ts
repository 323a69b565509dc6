import { EACH_APART } from '../scripts/each-apart.lua.js';
import { END } from '../scripts/end-job.lua.js';
import { RedisScript } from '../scripts/redis-script.js';

/** So many ends are recorded by one call at most: others must not wait for Redis meanwhile. */
export const MOST_FINISHED_TOGETHER = 32;

/** Points of BullMQ's metrics that are kept: a day of minutes. */
const MOST_POINTS = 1_440;

/**
 * Records that attempts of one kind have succeeded, as BullMQ's own script does but for its stream, which
 * nobody reads, and publishes the end of each job with that: see END. The newest finished jobs are kept, as
 * many as the least of these jobs asks for. Lists are written once for all jobs: each command costs time.
 *
 * KEYS: BullMQ's active, stalled, completed and metrics of completed jobs, webhooks awaited and ended. ARGV:
 * beginnings of the keys of hashes, ledgers and streams of jobs, event data, stream length, ttl s, channels
 * of ends and of webhooks. Then of each job: its id, the token of its lock, the attempt, its result as JSON,
 * what remains of its data or '', how the attempt went or '', and how many finished jobs are kept or -1.
 * Answers for each job what came of the publishing, `unpublished` if that failed; or BullMQ's number for why
 * nothing was recorded.
 */
export const finishJobs = new RedisScript(`${END}${EACH_APART}
local active, stalled, completed, metrics = unpack(KEYS, 1, 4)
local jobs, ledgers, streams = ARGV[1], ARGV[2], ARGV[3]
local time = now()
local locks, left, finished = {}, {}, {}
local ends = {
  type = 'succeeded', data = ARGV[4], length = ARGV[5], ttl = ARGV[6], channel = ARGV[7], webhookChannel = ARGV[8]
}
local function append(fields, name, value)
  if value == '' then return end
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end
local function finish(id, token, attempt, value, remains, trace)
  local job, ledger = jobs .. id, ledgers .. id
  local holder = redis.call('GET', job .. ':lock')
  if holder ~= token then return holder and -6 or -2 end
  local known = redis.call('HMGET', job, 'ats', 'atm', 'processedOn', 'ended')
  if known[1] ~= attempt then return known[1] and -6 or -1 end
  -- the first write, since Redis without memory refuses others before one
  local wasActive = redis.call('LREM', active, -1, id) > 0
  locks[#locks + 1] = job .. ':lock'
  left[#left + 1] = id
  if not wasActive then return -3 end
  append(finished, time, id)
  local fields = { 'returnvalue', value, 'finishedOn', time, 'atm', (known[2] or 0) + 1 }
  append(fields, 'data', remains)
  local isRead, cancel = pcall(redis.call, 'HGET', ledger, 'cancel')
  local isEnd = isRead and not known[4]
  if isEnd then
    append(fields, 'ended', attempt)
    append(fields, 'trace', trace)
  end
  redis.call('HSET', job, unpack(fields))
  if not isRead then return 'unpublished' end
  forgetProgress(ledger)
  if isEnd then
    local keys = { stream = streams .. id, awaited = KEYS[5], ended = KEYS[6] }
    local own = { id = id, number = attempt, value = value, startedAt = known[3], finishedAt = time }
    if not pcall(publishEnd, keys, own, cancel, ends) then return 'unpublished' end
  end
  return cancel or 'published'
end
local function count(numFinished)
  local sum = redis.call('HINCRBY', metrics, 'count', numFinished) - numFinished
  local last = redis.call('HMGET', metrics, 'prevTS', 'prevCount')
  if not last[1] then
    redis.call('HSET', metrics, 'prevTS', time, 'prevCount', 0)
    return
  end
  local minutes = math.min(math.floor(time / 60000) - math.floor(last[1] / 60000), ${MOST_POINTS})
  if minutes < 1 then return end
  local points = { sum - last[2] }
  for minute = 2, minutes do points[minute] = 0 end
  redis.call('LPUSH', metrics .. ':data', unpack(points))
  redis.call('LTRIM', metrics .. ':data', 0, ${MOST_POINTS} - 1)
  redis.call('HSET', metrics, 'prevCount', sum, 'prevTS', time)
end
local function trim(kept)
  local most = math.min(redis.call('ZCARD', completed) - kept, 500)
  if most < 1 then return end
  local hashes, others = {}, {}
  for place, id in ipairs(redis.call('ZRANGE', completed, 0, most - 1)) do
    hashes[place] = jobs .. id
    for _, name in ipairs({ 'logs', 'dependencies', 'processed', 'failed', 'unsuccessful' }) do
      others[#others + 1] = hashes[place] .. ':' .. name
    end
  end
  redis.call('DEL', unpack(hashes))
  -- rarely there: a look writes nothing to the append-only file
  if redis.call('EXISTS', unpack(others)) > 0 then redis.call('DEL', unpack(others)) end
  redis.call('ZREMRANGEBYRANK', completed, 0, most - 1)
end
local answers, kept = {}, math.huge
for at = 8, #ARGV - 1, 7 do
  apart(answers, finish, unpack(ARGV, at + 1, at + 6))
  local own = tonumber(ARGV[at + 7])
  if own >= 0 then kept = math.min(kept, own) end
end
if answers.err then return answers end
if #locks > 0 then
  redis.call('DEL', unpack(locks))
  redis.call('SREM', stalled, unpack(left))
end
if #finished > 0 then
  redis.call('ZADD', completed, unpack(finished))
  count(#finished / 2)
end
trim(kept)
return answers
`);
