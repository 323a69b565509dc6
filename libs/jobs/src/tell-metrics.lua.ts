import { RedisScript } from './redis-script.js';

/**
 * KEYS: ledger, event stream (whose name is also its channel). ARGV: step, event data, stream length, ttl s, ledger ttl ms. Answers 1, or
 * 0 for a step that is no later than the last one told: an attempt that goes on from a checkpoint does steps again, and so does a worker
 * that has not noticed yet that another one has its job. They come out the same.
 */
export const tellMetrics = new RedisScript(`
local told = redis.call('HGET', KEYS[1], 'told')
if told and tonumber(ARGV[1]) <= tonumber(told) then return 0 end
redis.call('HSET', KEYS[1], 'told', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'type', 'metrics', 'data', ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('PUBLISH', KEYS[2], '')
return 1
`);
