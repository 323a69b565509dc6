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
 * many as the least of these jobs asks for.
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
local numFinished, time = 0, now()
local ends = {
  type = 'succeeded', data = ARGV[4], time = time, length = ARGV[5], ttl = ARGV[6],
  channel = ARGV[7], webhookChannel = ARGV[8]
}
local function finish(id, token, attempt, value, remains, trace)
  local job = jobs .. id
  local holder = redis.call('GET', job .. ':lock')
  if holder ~= token then return holder and -6 or -2 end
  local newest = redis.call('HGET', job, 'ats')
  if newest ~= attempt then return newest and -6 or -1 end
  redis.call('DEL', job .. ':lock') -- first, since Redis without memory refuses others before a write
  redis.call('SREM', stalled, id)
  if redis.call('LREM', active, -1, id) < 1 then return -3 end
  redis.call('ZADD', completed, time, id)
  redis.call('HSET', job, 'returnvalue', value, 'finishedOn', time)
  redis.call('HINCRBY', job, 'atm', 1)
  numFinished = numFinished + 1
  local keys = { ledger = ledgers .. id, stream = streams .. id, job = job, awaited = KEYS[5], ended = KEYS[6] }
  local isDone, answer = pcall(endAttempt, keys, { id = id, number = attempt, remains = remains, trace = trace }, ends)
  return isDone and answer or 'unpublished'
end
local function count()
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
  local most = math.min(redis.call('ZCARD', completed) - kept, 1000)
  if most < 1 then return end
  for _, id in ipairs(redis.call('ZRANGE', completed, 0, most - 1)) do
    local job = jobs .. id
    redis.call('DEL', job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful')
  end
  redis.call('ZREMRANGEBYRANK', completed, 0, most - 1)
end
local answers, kept = {}, math.huge
for at = 8, #ARGV - 1, 7 do
  apart(answers, finish, unpack(ARGV, at + 1, at + 6))
  local own = tonumber(ARGV[at + 7])
  if own >= 0 then kept = math.min(kept, own) end
end
if answers.err then return answers end
if numFinished > 0 then count() end
trim(kept)
return answers
`);
