import { RedisScript } from './redis-script.js';
import { TELL } from './tell-event.lua.js';

/**
 * KEYS: ledger, event stream. ARGV: starts shared with other jobs at most, starts alone at most, event data,
 * stream length, ttl s. Tells that an attempt may run, unless the job was cancelled or is poisonous. Answers the verdict, and its cancel
 * record or the number of its starts alone.
 */
export const startJob = new RedisScript(`${TELL}
local known = redis.call('HMGET', KEYS[1], 'cancel', 'starts', 'solo')
local cancel, starts, solo = known[1], tonumber(known[2] or 0), tonumber(known[3] or 0)
if cancel then return { 'cancelled', cancel } end
local alone = starts >= tonumber(ARGV[1])
if alone and solo >= tonumber(ARGV[2]) then return { 'poisonous', solo } end
tell(KEYS[2], 'started', ARGV[3], ARGV[4], ARGV[5])
return { alone and 'alone' or 'shared', solo }
`);
