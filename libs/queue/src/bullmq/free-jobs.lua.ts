import { RedisScript } from '../scripts/redis-script.js';
import { NOW } from '../scripts/redis-time.lua.js';
import { RETURN_JOB, RETURN_JOB_LISTS } from './return-job.lua.js';

/**
 * Renews leases, and gives all jobs back whose lock belongs to a worker whose lease has run out by Redis'
 * clock. KEYS: leases, watch, and the lists of BullMQ's script for each kind. ARGV: lease ms, look ms,
 * patience ms, prefix of ledgers, number of kinds, the prefix of each one's jobs, then the renewed leases,
 * each with 1 if it was held before.
 *
 * The fleet looks once per `look ms`. If nobody has looked for twice as long, Redis was away or everybody
 * was: then nobody is taken for dead until all have had the time to come back. Of workers that were leaving
 * no job is a suspect. Answers whether a lease that was held had run out and its jobs were given back, and
 * how many jobs of each kind were.
 */
export const freeJobs = new RedisScript(`${NOW}${RETURN_JOB}
local leases, watch = KEYS[1], KEYS[2]
local leaseMs, lookMs, patienceMs = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local ledgers, kinds, lists = ARGV[4], tonumber(ARGV[5]), ${RETURN_JOB_LISTS.length}
local time, answer = now(), { 0 }
for kind = 1, kinds do answer[kind + 1] = 0 end
for i = 6 + kinds, #ARGV, 2 do
  if ARGV[i + 1] == '1' and not redis.call('ZSCORE', leases, ARGV[i]) then answer[1] = 1 end
  redis.call('ZADD', leases, time + leaseMs, ARGV[i])
end
local looks = redis.call('HMGET', watch, 'lookedAt', 'patientUntil')
local silence = time - tonumber(looks[1] or 0)
if silence < lookMs then return answer end
redis.call('HSET', watch, 'lookedAt', time)
if silence > 2 * lookMs then
  redis.call('HSET', watch, 'patientUntil', time + patienceMs)
  return answer
end
if time < tonumber(looks[2] or 0) then return answer end
local dead, leaving = {}, {}
local ids = redis.call('ZRANGEBYSCORE', leases, 0, time)
if #ids == 0 then return answer end
for _, id in ipairs(ids) do
  dead[id], leaving[id] = true, redis.call('HEXISTS', watch, id) == 1
  redis.call('ZREM', leases, id)
  redis.call('HDEL', watch, id)
end
for kind = 1, kinds do
  local keys = { unpack(KEYS, 3 + lists * (kind - 1), 2 + lists * kind) }
  for _, id in ipairs(redis.call('LRANGE', keys[1], 0, -1)) do
    local job = ARGV[5 + kind] .. id
    local token = redis.call('GET', job .. ':lock')
    local owner = token and string.match(token, '^(.*):')
    if owner and dead[owner] and returnJob(keys, { id, token, job }) >= 0 then
      answer[kind + 1] = answer[kind + 1] + 1
      if leaving[owner] then redis.call('HDEL', ledgers .. id, 'starts', 'solo') end
    end
  end
end
return answer
`);
