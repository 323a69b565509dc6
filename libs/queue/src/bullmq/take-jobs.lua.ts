import { EACH_APART } from '../scripts/each-apart.lua.js';
import { RedisScript } from '../scripts/redis-script.js';
import { START } from '../scripts/start-job.lua.js';

/**
 * Takes waiting jobs for a worker, best class first and in the order of their arrival, as long as there is
 * room for rows of their class; and says with each whether it may run, as its start is published. What it
 * leaves is what BullMQ's own script leaves, but for its stream, which nobody reads.
 *
 * Jobs whose worker died and those that are due again go to the front of their class first; a job without a
 * class, which nobody adds, goes before all. A job that has started before may have to be alone: none is
 * taken after it. Whoever leaves jobs leaves the marker too, for workers that want them.
 *
 * KEYS: BullMQ's prioritized, wait, delayed, active, marker, meta. ARGV: beginnings of the keys of hashes,
 * ledgers and streams of jobs, token, lock ms, worker as JSON, stream length, ttl s, jobs at most, rows
 * wanted; then of each class, best first, its priority, the rows here and those that it always has room for.
 * Answers when the first of those that are not due is, in ms since 1970, or 0; whether any is left; and of
 * each job its id, its hash, the token of its lock, the verdict, and what belongs to that: `unknown` with the
 * reason where its ledger or stream cannot be used.
 */
export const takeJobs = new RedisScript(`${START}${EACH_APART}
local prioritized, wait, delayed, active, marker, meta = unpack(KEYS)
local jobs, ledgers, streams, token, lockMs, worker, length, ttl, most, wanted = unpack(ARGV, 1, 10)
local class, numCommon, time = 4294967296, 10, now()
if redis.call('HEXISTS', meta, 'paused') == 1 then return { 0, 0 } end

local function rejoin(id) -- also what is no hash: it must not keep others from being taken
  local priority = tonumber(redis.pcall('HGET', jobs .. id, 'priority') or 0) or 0
  redis.call('ZADD', prioritized, priority * class, id)
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', delayed, 0, (time + 1) * 4096 - 1, 'LIMIT', 0, 100)) do
  rejoin(id)
  redis.call('ZREM', delayed, id)
  redis.pcall('HSET', jobs .. id, 'delay', 0)
end
for _ = 1, math.min(redis.call('LLEN', wait), 100) do
  rejoin(redis.call('RPOP', wait))
end

local chosen, rows = {}, 0
local function choose(id)
  local fields, places = redis.pcall('HGETALL', jobs .. id), {}
  for at = 1, #fields, 2 do places[fields[at]] = at + 1 end
  chosen[#chosen + 1] = { id = id, fields = fields, places = places }
  if places.ats then most = 0 end
  return tonumber(fields[places.rows]) or 1
end
for at = numCommon + 1, #ARGV, 3 do
  local priority, here, floor = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  rows = rows + here
  local function hasRoom()
    return #chosen < tonumber(most) and (rows < tonumber(wanted) or here < floor)
  end
  local from, to = at == numCommon + 1 and 0 or priority * class, '(' .. (priority + 1) * class
  local waiting = hasRoom() and redis.call('ZRANGEBYSCORE', prioritized, from, to, 'LIMIT', 0, most) or {}
  for _, id in ipairs(waiting) do
    if not hasRoom() then break end
    local more = choose(id)
    rows, here = rows + more, here + more
  end
end

local function take(place, id, fields, places)
  local job = jobs .. id
  -- an owner is what comes before the last colon
  local lock = place == 1 and token or token .. '.' .. place
  redis.call('SET', job .. ':lock', lock, 'PX', lockMs)
  local attempt = tostring(redis.call('HINCRBY', job, 'ats', 1))
  local atsAt = places.ats or #fields + 2
  fields[atsAt - 1], fields[atsAt] = 'ats', attempt
  local warnings = fields[places.warnings] or '[]'
  local event = '{"type":"started","attempt":' .. attempt .. ',"worker":' .. worker .. ',"warnings":' .. warnings .. '}'
  local isDone, verdict = pcall(start, ledgers .. id, streams .. id, job, places.ended, time, event, length, ttl)
  if not isDone then verdict = { 'unknown', type(verdict) == 'table' and verdict.err or tostring(verdict) } end
  return { id, fields, lock, verdict[1], verdict[2] }
end
local answers = { 0, 0 }
if #chosen > 0 then
  local ids = {}
  for place, job in ipairs(chosen) do ids[place] = job.id end
  redis.call('ZREM', prioritized, unpack(ids))
  redis.call('LPUSH', active, unpack(ids))
  for place, job in ipairs(chosen) do apart(answers, take, place, job.id, job.fields, job.places) end
end
if answers.err then return answers end
if redis.call('ZCARD', prioritized) > 0 then
  redis.call('ZADD', marker, 0, '0')
  answers[2] = 1
elseif redis.call('LLEN', wait) == 0 then
  redis.call('ZREM', marker, '0') -- nobody need look
end
local due = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2]
answers[1] = due and tostring(math.floor(due / 4096)) or 0
return answers
`);
