import { RedisScript } from '../scripts/redis-script.js';
import { EACH_APART } from '../scripts/each-apart.lua.js';
import { NOW } from '../scripts/redis-time.lua.js';

/** So many jobs are added by one call at most: others must not wait for Redis meanwhile. */
export const MOST_ADDED_TOGETHER = 32;

/**
 * Adds jobs of one kind, each with all that belongs to it or nothing of it: what BullMQ's own script leaves
 * of a job with a priority, but for its stream, which nobody reads; and what is ours.
 *
 * KEYS: BullMQ's prioritized, pc, marker and meta, index, webhooks awaited, set of owners. Then of each job:
 * its hash, event stream and ledger; its owner's index if that is not the default one; its idempotency record
 * if there is one. ARGV: kind, event data, stream length, ttl s, record ttl ms. Then of each job: id, data,
 * BullMQ's options as JSON, priority, fingerprint if there is a record, rows if it has any, its owner if not
 * the default one, webhook and warnings if it has any, and the time after which it is not added. Answers for
 * each job what came of it and Redis' time of an acceptance, or the error that kept it from being added.
 */
export const addJobs = new RedisScript(`${NOW}${EACH_APART}
local prioritized, counter, marker, meta, index, webhooks, owners = unpack(KEYS, 1, 7)
local kind, event, length, ttl, recordTtl = unpack(ARGV, 1, 5)
local acceptedAt, added = now(), {}
local function append(fields, name, value)
  if value == '' then return end
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end
local function addJob(keys, values)
  local job, stream, ledger, ownIndex, record = keys.job, keys.stream, keys.ledger, keys.ownIndex, keys.record
  local id, data, options, priority, fingerprint, rows, owner, webhook, warnings, deadline = unpack(values)
  local known = record and redis.call('HMGET', record, 'fingerprint', 'jobId') or {}
  if known[1] and (known[1] ~= fingerprint or known[2] ~= id) then return { 'taken', 0 } end
  local outcome = { 'present', 0 }
  if redis.call('EXISTS', job) == 0 then
    if acceptedAt > tonumber(deadline) then return { 'late', 0 } end
    local fields = { 'name', kind, 'data', data, 'opts', options, 'timestamp', acceptedAt, 'delay', 0, 'priority', priority }
    append(fields, 'rows', rows)
    append(fields, 'warnings', warnings)
    redis.call('HSET', job, unpack(fields)) -- first, since Redis refuses it when it has no memory
    if known[1] then -- a job that is no longer kept begins anew
      redis.call('DEL', stream)
      redis.call('HDEL', ledger, 'rows', 'told', 'shown', 'drawn')
    end
    if webhook ~= '' then redis.call('HSET', webhooks, id, webhook) end
    added[#added + 1] = { id, priority }
    if owner ~= '' then
      redis.pcall('ZADD', ownIndex, 0, id)
      redis.pcall('SADD', owners, owner)
    end
    redis.call('XADD', stream, 'MAXLEN', '~', length, '*', 'type', 'queued', 'data', event)
    redis.call('EXPIRE', stream, ttl)
    if known[1] then redis.call('PUBLISH', stream, '') end -- before, nobody can know of it
    outcome = { 'added', acceptedAt }
  end
  if record then
    redis.call('HSET', record, 'fingerprint', fingerprint, 'jobId', id, 'state', 'accepted', 'form', 2)
    redis.call('PEXPIRE', record, recordTtl)
  end
  return outcome
end
local answers, key, value = {}, 7, 5
while value < #ARGV do
  local values = { unpack(ARGV, value + 1, value + 10) }
  local keys = { job = KEYS[key + 1], stream = KEYS[key + 2], ledger = KEYS[key + 3] }
  key, value = key + 3, value + 10
  if values[7] ~= '' then
    key = key + 1
    keys.ownIndex = KEYS[key]
  end
  if values[5] ~= '' then
    key = key + 1
    keys.record = KEYS[key]
  end
  apart(answers, addJob, keys, values)
end
if answers.err then return answers end
if #added > 0 then
  local places, listed = {}, {}
  local before = redis.call('INCRBY', counter, #added) - #added
  for i, job in ipairs(added) do
    append(places, job[2] * 4294967296 + (before + i) % 4294967296, job[1])
    append(listed, 0, job[1])
  end
  redis.call('ZADD', prioritized, unpack(places))
  redis.pcall('ZADD', index, unpack(listed)) -- a list that somebody spoiled is no reason to refuse jobs
end
if redis.call('HEXISTS', meta, 'paused') == 0 then redis.call('ZADD', marker, 0, '0') end
return answers
`);
