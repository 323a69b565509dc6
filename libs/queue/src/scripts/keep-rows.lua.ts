import { RedisScript } from './redis-script.js';

/**
 * KEYS: job lock, job hash, ledger. ARGV: token, attempt, record, ledger ttl ms. Keeps how far the rows of a
 * job have come; answers 1, or 0 when the attempt no longer holds the job.
 */
export const keepRows = new RedisScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('HGET', KEYS[2], 'ats') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[3], 'rows', ARGV[3])
redis.call('PEXPIRE', KEYS[3], ARGV[4])
return 1
`);
