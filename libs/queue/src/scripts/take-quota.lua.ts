import { RedisScript } from './redis-script.js';
import { NOW } from './redis-time.lua.js';

/**
 * Counts an amount in every window of a key, or in none when one of them has no room for it. KEYS: the
 * windows' counts, the ids of jobs that have not ended, and what a request is repeated by, if anything:
 * one of those that are under way at once counts. ARGV: job id or '', the most such jobs or '', then of
 * each window its name, length in ms, limit and amount. Answers the place of the window that is full, 0
 * for none, -1 for the jobs, -2 when another one counts, and of each window what is left and the ms until
 * it is empty again.
 */
export const takeQuota = new RedisScript(`
${NOW}
local first = KEYS[3] and redis.call('GET', KEYS[3])
if first and first ~= ARGV[1] then return { -2 } end
local time, full, left, longest = now(), 0, {}, 0
local names, counts = {}, {}
for place = 1, (#ARGV - 2) / 4 do
  local at = (place - 1) * 4 + 2
  local length, limit, amount = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local number = math.floor(time / length)
  local known = redis.call('HMGET', KEYS[1], ARGV[at + 1] .. ':number', ARGV[at + 1] .. ':count')
  local count = tonumber(known[1]) == number and tonumber(known[2]) or 0
  if full == 0 and count + amount > limit then full = place end
  names[place], counts[place] = { ARGV[at + 1], number }, count + amount
  left[place] = { limit - count, amount, (number + 1) * length - time }
  longest = math.max(longest, length)
end
local isMore = ARGV[1] ~= '' and ARGV[2] ~= '' and not redis.call('ZSCORE', KEYS[2], ARGV[1])
if full == 0 and isMore and redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[2]) then full = -1 end
local answer = { full }
for place, window in ipairs(left) do
  answer[#answer + 1] = math.max(full == 0 and window[1] - window[2] or window[1], 0)
  answer[#answer + 1] = window[3]
end
if full ~= 0 then return answer end
for place, name in ipairs(names) do
  redis.call('HSET', KEYS[1], name[1] .. ':number', name[2], name[1] .. ':count', counts[place])
end
if longest > 0 then redis.call('PEXPIRE', KEYS[1], longest) end
if ARGV[1] ~= '' and ARGV[2] ~= '' then redis.call('ZADD', KEYS[2], time, ARGV[1]) end
if KEYS[3] then redis.call('SET', KEYS[3], ARGV[1], 'PX', 10000) end
return answer
`);

/** Gives an amount back that came to nothing. KEYS: like `takeQuota`. ARGV: job id, amount, names. */
export const returnQuota = new RedisScript(`
redis.call('ZREM', KEYS[2], ARGV[1])
if KEYS[3] then redis.call('DEL', KEYS[3]) end
for place = 3, #ARGV do
  local count = tonumber(redis.call('HGET', KEYS[1], ARGV[place] .. ':count') or '0')
  redis.call('HSET', KEYS[1], ARGV[place] .. ':count', math.max(count - tonumber(ARGV[2]), 0))
end
return 1
`);
