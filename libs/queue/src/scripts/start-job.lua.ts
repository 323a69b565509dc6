import { FENCE } from './fence.lua.js';
import { RedisScript } from './redis-script.js';
import { NOW } from './redis-time.lua.js';
import { PUBLISH } from './publish-event.lua.js';

/**
 * After so many starts without an orderly end a job runs alone, and after so many of those it is given up.
 */
const MAX_SHARED_STARTS = 2;
const MAX_SOLO_STARTS = 5;

/**
 * Lua: publishes that an attempt may run, unless it is over, or the job was cancelled, is paused or is
 * poisonous; the job's record says when, by the clock of Redis instead of the worker's. Answers the verdict,
 * and its cancel record or the number of its starts alone.
 */
export const START = `${NOW}${PUBLISH}${FENCE}
local function start(ledger, stream, job, isOver, time, event, length, ttl)
  local known = redis.call('HMGET', ledger, 'cancel', 'starts', 'solo', 'pausedAt')
  local cancel, starts, solo = known[1], tonumber(known[2] or 0), tonumber(known[3] or 0)
  if cancel then return { 'cancelled', cancel } end
  if isOver then return { 'over', solo } end
  if known[4] then return { 'paused', solo } end
  local alone = starts >= ${MAX_SHARED_STARTS}
  if alone and solo >= ${MAX_SOLO_STARTS} then return { 'poisonous', solo } end
  redis.call('HSET', job, 'processedOn', time)
  publish(stream, 'started', event, length, ttl)
  return { alone and 'alone' or 'shared', solo }
end
`;

/** KEYS: ledger, event stream, job hash. ARGV: attempt, event data, stream length, ttl s. See START. */
export const startJob = new RedisScript(`${START}
return start(KEYS[1], KEYS[2], KEYS[3], not mayPublish(KEYS[3], ARGV[1]), now(), unpack(ARGV, 2))
`);
