import { EACH_APART } from './each-apart.lua.js';
import { FENCE } from './fence.lua.js';
import { RedisScript } from './redis-script.js';

/**
 * KEYS: of each attempt its job's hash and ledger. ARGV: counter, ledger ttl ms, and of each attempt its
 * number. Counts for the attempts that count; answers the count of each, and nothing for one that is over.
 */
export const countStarts = new RedisScript(`${FENCE}${EACH_APART}
local counter, ttl = ARGV[1], ARGV[2]
local function count(job, ledger, attempt)
  if not mayPublish(job, attempt) then return false end
  local count = redis.call('HINCRBY', ledger, counter, 1)
  redis.call('PEXPIRE', ledger, ttl)
  return count
end
local answers = {}
for place = 1, #ARGV - 2 do
  apart(answers, count, KEYS[2 * place - 1], KEYS[2 * place], ARGV[place + 2])
end
return answers
`);

/** KEYS: job hash, ledger. ARGV: attempt. The starts of another attempt are not forgotten. */
export const forgetStarts = new RedisScript(`${FENCE}
if mayPublish(KEYS[1], ARGV[1]) then redis.call('HDEL', KEYS[2], 'starts', 'solo') end
`);
