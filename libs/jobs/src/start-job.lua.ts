import { RedisScript } from './redis-script.js';
import { TELL } from './tell-event.lua.js';

/**
 * KEYS: ledger, event stream. ARGV: ledger ttl ms, starts shared with other jobs at most, starts alone at
 * most, event data, stream length, ttl s. Counts a start and tells it, unless the job was cancelled or is poisonous. Answers the verdict, and
 * its cancel record or the number of its starts alone.
 */
export const startJob = new RedisScript(`${TELL}
local starts = redis.call('HINCRBY', KEYS[1], 'starts', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[1])
local known = redis.call('HMGET', KEYS[1], 'cancel', 'solo')
local cancel, solo = known[1], tonumber(known[2] or 0)
if cancel then return { 'cancelled', cancel } end
local alone = starts > tonumber(ARGV[2])
if alone and solo >= tonumber(ARGV[3]) then return { 'poisonous', solo } end
tell(KEYS[2], 'started', ARGV[4], ARGV[5], ARGV[6])
return { alone and 'alone' or 'shared', solo }
`);
