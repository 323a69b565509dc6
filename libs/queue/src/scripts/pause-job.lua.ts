import { RETURN_JOB, RETURN_JOB_LISTS } from '../bullmq/return-job.lua.js';
import { RedisScript } from './redis-script.js';
import { NOW } from './redis-time.lua.js';
import { PUBLISH } from './publish-event.lua.js';

/**
 * Score of a paused job among BullMQ's delayed ones: it is due at the last moment that a Date can hold, and
 * BullMQ shifts times by 12 bits.
 */
export const PARKED_SCORE = 8.64e15 * 4_096;

/**
 * Lua: takes a waiting job out of its queue for as long as it is paused, whatever it waits for, and publishes
 * that. What it needs to go on does not expire meanwhile. Does nothing to a job that runs.
 */
const PARK = `
local function park(id, lists, ledger, stream, event, length)
  local waited = redis.call('ZREM', lists.prioritized, id) + redis.call('LREM', lists.wait, 0, id)
    + redis.call('ZREM', lists.delayed, id)
  if waited == 0 then return end
  redis.call('ZADD', lists.delayed, ${PARKED_SCORE}, id)
  publish(stream, 'paused', event, length, 1)
  redis.call('PERSIST', stream)
  redis.call('PERSIST', ledger)
end
`;

/**
 * Lua: puts a paused job back into its class, where its acceptance places it: before all that came later. Ids
 * compare like the times of acceptance, and Redis orders members of one score by their ids. Answers whether
 * the job was out of its queue.
 */
export const UNPARK = `
local function unpark(id, job, prioritized, delayed, marker)
  local score = redis.call('ZSCORE', delayed, id)
  if not score or tonumber(score) < ${PARKED_SCORE} then return false end
  redis.call('ZREM', delayed, id)
  local class = 4294967296
  local first = tonumber(redis.call('HGET', job, 'priority')) * class
  local place = first
  local waiting = redis.call('ZRANGEBYSCORE', prioritized, first, '(' .. first + class, 'WITHSCORES')
  for i = 1, #waiting, 2 do
    place = waiting[i + 1]
    if waiting[i] > id then break end
  end
  redis.call('ZADD', prioritized, place, id)
  redis.call('ZADD', marker, 0, '0')
  return true
end
`;

/**
 * KEYS: job hash, ledger, event stream, BullMQ's prioritized, wait, delayed. ARGV: job id, the time after
 * which nothing is paused, event data, stream length, channel of pauses. Answers `paused`, also for a repeat;
 * or `unknown`, `finished`, `cancelled` or `late`. A job that runs is paused when its worker lets go, which
 * hears of it by the channel.
 */
export const requestPause = new RedisScript(`${NOW}${PUBLISH}${PARK}
local id = ARGV[1]
local job = redis.call('HMGET', KEYS[1], 'timestamp', 'finishedOn')
if not job[1] then return 'unknown' end
if job[2] then return 'finished' end
local known = redis.call('HMGET', KEYS[2], 'cancel', 'pausedAt')
if known[1] then return 'cancelled' end
if known[2] then return 'paused' end
if now() > tonumber(ARGV[2]) then return 'late' end
redis.call('HSET', KEYS[2], 'pausedAt', now())
park(id, { prioritized = KEYS[4], wait = KEYS[5], delayed = KEYS[6] }, KEYS[2], KEYS[3], ARGV[3], ARGV[4])
redis.call('PUBLISH', ARGV[5], id)
return 'paused'
`);

/**
 * KEYS: job hash, ledger, event stream, BullMQ's prioritized, delayed, marker. ARGV: job id, the time after
 * which nothing is resumed, event data, stream length, ttl s, ledger ttl ms. Answers `resumed`, also for a
 * job that is not paused; or `unknown`, `finished`, `cancelled` or `late`.
 */
export const resumeJob = new RedisScript(`${NOW}${PUBLISH}${UNPARK}
local id = ARGV[1]
local job = redis.call('HMGET', KEYS[1], 'timestamp', 'finishedOn')
if not job[1] then return 'unknown' end
if job[2] then return 'finished' end
local known = redis.call('HMGET', KEYS[2], 'cancel', 'pausedAt')
if known[1] then return 'cancelled' end
if not known[2] then return 'resumed' end
if now() > tonumber(ARGV[2]) then return 'late' end
redis.call('HDEL', KEYS[2], 'pausedAt')
redis.call('PEXPIRE', KEYS[2], ARGV[6])
if unpark(id, KEYS[1], KEYS[4], KEYS[5], KEYS[6]) then publish(KEYS[3], 'resumed', ARGV[3], ARGV[4], ARGV[5]) end
return 'resumed'
`);

/**
 * KEYS: those of BullMQ's script that gives a job back, then ledger, event stream, BullMQ's delayed. ARGV:
 * job id, lock's token, job hash, event data, stream length. Gives a job that was to be paused back: out of
 * its queue, unless somebody has resumed or cancelled it since. Below 0: the lock was not there.
 */
export const letGoPaused = new RedisScript(`${PUBLISH}${PARK}${RETURN_JOB}
local lists = ${RETURN_JOB_LISTS.length}
local ledger, stream, delayed = KEYS[lists + 1], KEYS[lists + 2], KEYS[lists + 3]
local answer = returnJob({ unpack(KEYS, 1, lists) }, { unpack(ARGV, 1, 3) })
if answer < 0 or redis.call('HEXISTS', ledger, 'pausedAt') == 0 then return answer end
local wait, prioritized = KEYS[${place('wait')}], KEYS[${place('prioritized')}]
park(ARGV[1], { prioritized = prioritized, wait = wait, delayed = delayed }, ledger, stream, ARGV[4], ARGV[5])
return answer
`);

function place(list: (typeof RETURN_JOB_LISTS)[number]): number {
  return RETURN_JOB_LISTS.indexOf(list) + 1;
}
