import { RedisScript } from './redis-script.js';
import { TELL } from './tell-event.lua.js';

/**
 * KEYS: ledger, event stream. ARGV: step, event data, stream length, ttl s, ledger ttl ms. Answers 1, or
 * 0 for a step that is no later than the last one told: an attempt that goes on from a checkpoint does steps again, and so does a worker
 * that has not noticed yet that another one has its job. They come out the same.
 */
export const tellMetrics = new RedisScript(`${TELL}
local told = redis.call('HGET', KEYS[1], 'told')
if told and tonumber(ARGV[1]) <= tonumber(told) then return 0 end
redis.call('HSET', KEYS[1], 'told', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
tell(KEYS[2], 'metrics', ARGV[2], ARGV[3], ARGV[4])
return 1
`);
