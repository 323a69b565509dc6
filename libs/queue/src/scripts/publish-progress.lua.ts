import { FENCE } from './fence.lua.js';
import { RedisScript } from './redis-script.js';
import { PUBLISH } from './publish-event.lua.js';

/**
 * KEYS: event stream, job hash, ledger. ARGV: event type, event data, stream length, ttl s, attempt, how far
 * the job has come, ledger field that holds how far it had when that was published last, ledger ttl ms, and
 * how the attempt went so far or ''. Answers how many were listening, or -1 when the attempt is over or has
 * come no further than another one before it: what is done again comes out the same.
 */
export const publishProgress = new RedisScript(`${PUBLISH}${FENCE}
if not mayPublish(KEYS[2], ARGV[5]) then return -1 end
local last = redis.call('HGET', KEYS[3], ARGV[7])
if last and tonumber(ARGV[6]) <= tonumber(last) then return -1 end
redis.call('HSET', KEYS[3], ARGV[7], ARGV[6])
redis.call('PEXPIRE', KEYS[3], ARGV[8])
if ARGV[9] ~= '' then redis.call('HSET', KEYS[2], 'trace', ARGV[9]) end
return publish(KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4])
`);
