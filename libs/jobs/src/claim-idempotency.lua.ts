import { RedisScript } from './redis-script.js';

/**
 * KEYS: record. ARGV: fingerprint, new job id, ttl ms. Answers { fingerprint, job id, state } of the record that holds now;
 * state `new` when this call made it.
 */
export const claimIdempotency = new RedisScript(`
local known = redis.call('HMGET', KEYS[1], 'fingerprint', 'jobId', 'state')
if known[1] then return known end
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'jobId', ARGV[2], 'state', 'claimed')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return { ARGV[1], ARGV[2], 'new' }
`);
