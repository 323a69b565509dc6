import { FENCE } from './fence.lua.js';
import { RedisScript } from './redis-script.js';
import { PUBLISH } from './publish-event.lua.js';

/**
 * KEYS: event stream, job hash, ledger. ARGV: step, event data, stream length, ttl s, attempt, ledger ttl ms.
 * Answers 1, or 0 when the attempt is over or the step no later than the last one published: an attempt that
 * goes on from a checkpoint does steps again, and they come out the same.
 */
export const publishMetrics = new RedisScript(`${PUBLISH}${FENCE}
if not mayPublish(KEYS[2], ARGV[5]) then return 0 end
local last = redis.call('HGET', KEYS[3], 'told')
if last and tonumber(ARGV[1]) <= tonumber(last) then return 0 end
redis.call('HSET', KEYS[3], 'told', ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[6])
publish(KEYS[1], 'metrics', ARGV[2], ARGV[3], ARGV[4])
return 1
`);
