import { RedisScript } from './redis-script.js';
import { PUBLISH } from './publish-event.lua.js';

/**
 * KEYS: job lock, job hash, ledger, event stream. ARGV: token, attempt, pointer, ledger ttl ms, event data,
 * stream length, ttl s. Publishes the checkpoint and answers the pointers before, newest first, or 0 when the
 * attempt no longer holds the job. Progress resets the poison counters.
 */
export const advanceCheckpoint = new RedisScript(`${PUBLISH}
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('HGET', KEYS[2], 'ats') ~= ARGV[2] then return 0 end
local former = redis.call('HMGET', KEYS[3], 'checkpoint', 'previous')
if former[1] then redis.call('HSET', KEYS[3], 'previous', former[1]) end
redis.call('HSET', KEYS[3], 'checkpoint', ARGV[3], 'starts', 0, 'solo', 0)
redis.call('PEXPIRE', KEYS[3], ARGV[4])
publish(KEYS[4], 'checkpoint', ARGV[5], ARGV[6], ARGV[7])
if not former[1] then return {} end
return former[2] and former or { former[1] }
`);
