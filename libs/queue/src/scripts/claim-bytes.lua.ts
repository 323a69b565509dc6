import { RedisScript } from './redis-script.js';

/**
 * Counts bytes for an owner, once, unless they are too many. KEYS: bytes by SHA-256, their sum, owners with
 * claims. ARGV: SHA-256, bytes, the most that the owner may have or '', owner.
 */
export const claimBytes = new RedisScript(`
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 1 end
local sum = tonumber(redis.call('GET', KEYS[2]) or '0') + tonumber(ARGV[2])
if ARGV[3] ~= '' and sum > tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('INCRBY', KEYS[2], ARGV[2])
redis.call('SADD', KEYS[3], ARGV[4])
return 1
`);

/** Takes a claim back. KEYS: bytes by SHA-256, their sum. ARGV: SHA-256. */
export const releaseBytes = new RedisScript(`
local bytes = redis.call('HGET', KEYS[1], ARGV[1])
if not bytes then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('DECRBY', KEYS[2], bytes)
return 1
`);
