import { RedisScript } from './redis-script.js';
import { NOW } from './redis-time.lua.js';

/**
 * A window slides in so many slices. What was counted leaves it slice by slice, each as a whole and not
 * before all of it is older than the window: no span of time as long as the window sees more than the limit.
 */
const SLICES = 12;

/** What a window's slices hold, the present one first: in the hash as `name:place`, saying `number:count`. */
const WINDOW = `
local function slicesOf(key, name, number)
  local fields, counts = {}, {}
  for age = 0, ${SLICES} do fields[age + 1] = name .. ':' .. (number - age) % ${SLICES + 1} end
  local known = redis.call('HMGET', key, unpack(fields))
  for age = 0, ${SLICES} do
    local of, count = string.match(known[age + 1] or '', '^(%d+):(%d+)$')
    counts[age] = tonumber(of) == number - age and tonumber(count) or 0
  end
  return fields, counts
end
local function keep(key, field, number, count)
  redis.call('HSET', key, field, string.format('%.0f:%.0f', number, count))
end
`;

/**
 * Counts an amount in every window of a key, or in none when one of them has no room for it. KEYS: the
 * windows' counts, the ids of jobs that have not ended, and what a request is repeated by, if anything:
 * one of those that are under way at once counts. ARGV: job id or '', the most such jobs or '', then of
 * each window its name, length in ms, limit and amount. Answers the place of the window that is full, 0
 * for none, -1 for the jobs, -2 when another one counts, and of each window what is left and the ms until
 * there is room for the amount, or, where there is, until it is empty.
 */
export const takeQuota = new RedisScript(`
${NOW}${WINDOW}
local first = KEYS[3] and redis.call('GET', KEYS[3])
if first and first ~= ARGV[1] then return { -2 } end
local time, full, windows, longest = now(), 0, {}, 0
for place = 1, (#ARGV - 2) / 4 do
  local at = (place - 1) * 4 + 2
  local length, limit, amount = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local slice = length / ${SLICES}
  local number = math.floor(time / slice)
  local fields, counts = slicesOf(KEYS[1], ARGV[at + 1], number)
  local used = 0
  for age = 0, ${SLICES} do used = used + counts[age] end
  local hasRoom, rest, oldest = used + amount <= limit, used, ${SLICES}
  while not hasRoom and oldest > 0 and rest - counts[oldest] + amount > limit do
    rest = rest - counts[oldest]
    oldest = oldest - 1
  end
  local leaves = (number - (hasRoom and 0 or oldest) + ${SLICES + 1}) * slice - time
  if full == 0 and not hasRoom then full = place end
  windows[place] = { field = fields[1], number = number, count = counts[0] + amount,
    left = limit - used, amount = amount, leaves = math.ceil(leaves) }
  longest = math.max(longest, length + slice)
end
local isMore = ARGV[1] ~= '' and ARGV[2] ~= '' and not redis.call('ZSCORE', KEYS[2], ARGV[1])
if full == 0 and isMore and redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[2]) then full = -1 end
local answer = { full }
for _, window in ipairs(windows) do
  answer[#answer + 1] = math.max(full == 0 and window.left - window.amount or window.left, 0)
  answer[#answer + 1] = window.leaves
end
if full ~= 0 then return answer end
for _, window in ipairs(windows) do keep(KEYS[1], window.field, window.number, window.count) end
if longest > 0 then redis.call('PEXPIRE', KEYS[1], math.ceil(longest)) end
if ARGV[1] ~= '' and ARGV[2] ~= '' then redis.call('ZADD', KEYS[2], time, ARGV[1]) end
if KEYS[3] then redis.call('SET', KEYS[3], ARGV[1], 'PX', 10000) end
return answer
`);

/**
 * Gives an amount back that came to nothing, the newest first. KEYS: like `takeQuota`. ARGV: job id, amount,
 * then of each window its name and length in ms.
 */
export const returnQuota = new RedisScript(`
${NOW}${WINDOW}
redis.call('ZREM', KEYS[2], ARGV[1])
if KEYS[3] then redis.call('DEL', KEYS[3]) end
local time = now()
for place = 3, #ARGV, 2 do
  local number = math.floor(time / (tonumber(ARGV[place + 1]) / ${SLICES}))
  local fields, counts = slicesOf(KEYS[1], ARGV[place], number)
  local rest = tonumber(ARGV[2])
  for age = 0, ${SLICES} do
    local back = math.min(counts[age], rest)
    if back > 0 then keep(KEYS[1], fields[age + 1], number - age, counts[age] - back) end
    rest = rest - back
  end
end
return 1
`);
