import { FENCE } from './fence.lua.js';
import { RedisScript } from './redis-script.js';

/**
 * KEYS: job hash, ledger. ARGV: attempt, counter, ledger ttl ms. Counts for the attempt that counts, and
 * answers the count.
 */
export const countStart = new RedisScript(`${FENCE}
if not mayPublish(KEYS[1], ARGV[1]) then return end
local count = redis.call('HINCRBY', KEYS[2], ARGV[2], 1)
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return count
`);

/** KEYS: job hash, ledger. ARGV: attempt. The starts of another attempt are not forgotten. */
export const forgetStarts = new RedisScript(`${FENCE}
if mayPublish(KEYS[1], ARGV[1]) then redis.call('HDEL', KEYS[2], 'starts', 'solo') end
`);
