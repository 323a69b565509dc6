import { RedisScript } from '../scripts/redis-script.js';

/**
 * KEYS: BullMQ's prioritized, wait, delayed, marker, meta. ARGV: prefix of BullMQ's hashes of jobs, then the
 * priorities wanted, best first. Brings the first job of the best of these to the head of the queue, with the
 * time as its score, which lies below every class; answers 1 if the next fetch finds one, else 0.
 *
 * Jobs whose worker died and those that are due again go to the front of their class first. A job that was
 * brought and not fetched within a second is for whoever asks: its worker has died. Whoever finds nothing
 * leaves the marker to workers that want what is there.
 */
export const bringForward = new RedisScript(`
local prioritized, wait, delayed, marker, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
if redis.call('HEXISTS', meta, 'paused') == 1 then return 0 end
local class = 4294967296
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local function rejoin(id)
  local priority = tonumber(redis.call('HGET', ARGV[1] .. id, 'priority') or 0)
  if priority > 0 then redis.call('ZADD', prioritized, priority * class, id) end
  return priority > 0
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', delayed, 0, (math.floor(now * 1000) + 1) * 4096 - 1, 'LIMIT', 0, 100)) do
  if rejoin(id) then
    redis.call('ZREM', delayed, id)
    redis.call('HSET', ARGV[1] .. id, 'delay', 0)
  end
end
for _ = 1, 100 do
  local id = redis.call('LINDEX', wait, -1)
  if not id then break end
  if not rejoin(id) then return 1 end
  redis.call('RPOP', wait)
end
if #ARGV > 1 and redis.call('ZCOUNT', prioritized, 0, now - 1) > 0 then return 1 end
for i = 2, #ARGV do
  local first = ARGV[i] * class
  local job = redis.call('ZRANGEBYSCORE', prioritized, first, '(' .. first + class, 'LIMIT', 0, 1)
  if job[1] then
    redis.call('ZADD', prioritized, now, job[1])
    return 1
  end
end
if redis.call('ZCARD', prioritized) > 0 then redis.call('ZADD', marker, 0, '0') end
return 0
`);
