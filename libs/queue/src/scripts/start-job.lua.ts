import { FENCE } from './fence.lua.js';
import { RedisScript } from './redis-script.js';
import { NOW } from './redis-time.lua.js';
import { PUBLISH } from './publish-event.lua.js';

/**
 * KEYS: ledger, event stream, job hash. ARGV: attempt, starts shared with other jobs at most, starts alone at
 * most, event data, stream length, ttl s. Publishes that an attempt may run, unless it is over, or the job
 * was cancelled, is paused or is poisonous; the job's record says when, by the clock of Redis instead of the
 * worker's. Answers the verdict, and its cancel record or the number of its starts alone.
 */
export const startJob = new RedisScript(`${NOW}${PUBLISH}${FENCE}
local known = redis.call('HMGET', KEYS[1], 'cancel', 'starts', 'solo', 'pausedAt')
local cancel, starts, solo = known[1], tonumber(known[2] or 0), tonumber(known[3] or 0)
if cancel then return { 'cancelled', cancel } end
if not mayPublish(KEYS[3], ARGV[1]) then return { 'over', solo } end
if known[4] then return { 'paused', solo } end
local alone = starts >= tonumber(ARGV[2])
if alone and solo >= tonumber(ARGV[3]) then return { 'poisonous', solo } end
redis.call('HSET', KEYS[3], 'processedOn', now())
publish(KEYS[2], 'started', ARGV[4], ARGV[5], ARGV[6])
return { alone and 'alone' or 'shared', solo }
`);
