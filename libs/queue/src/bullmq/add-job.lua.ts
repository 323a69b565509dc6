import { createRequire } from 'node:module';
import { z } from 'zod';
import { RedisScript } from '../scripts/redis-script.js';
import { NOW } from '../scripts/redis-time.lua.js';
import { PUBLISH } from '../scripts/publish-event.lua.js';

// BullMQ does not offer its scripts to others. Its version is exact, and what its layout must be is checked
// when this loads.
const { addPrioritizedJob } = z
  .object({ addPrioritizedJob: z.object({ content: z.string(), keys: z.literal(9) }) })
  .parse(createRequire(import.meta.url)('bullmq/dist/cjs/scripts/addPrioritizedJob-9.js'));

/**
 * Adds a job with all that belongs to it, or nothing: BullMQ's own script does its part in the middle of
 * ours. KEYS: BullMQ's nine, job hash, event stream, index, ledger, webhooks awaited; the owner's index and
 * the set of owners, if the owner is not the default one; the idempotency record, if there is one. ARGV:
 * BullMQ's three, job id, event data, stream length, ttl s, fingerprint, record ttl ms, rows if it has any,
 * the owner if not the default one, webhook if it has one, and the time after which nothing is added. Answers
 * what came of it, and Redis' time of an acceptance.
 */
export const addJob = new RedisScript(`
local function addToQueue(KEYS, ARGV)
${addPrioritizedJob.content}
end
${NOW}${PUBLISH}
local job, stream, index, ledger, webhooks = KEYS[10], KEYS[11], KEYS[12], KEYS[13], KEYS[14]
local owner, ownIndex, owners, record = ARGV[11], KEYS[15], KEYS[16], KEYS[17]
if owner == '' then record = KEYS[15] end
local id, fingerprint = ARGV[4], ARGV[8]
local known = record and redis.call('HMGET', record, 'fingerprint', 'jobId') or {}
if known[1] and (known[1] ~= fingerprint or known[2] ~= id) then return { 'taken', 0 } end
local outcome, acceptedAt = 'present', 0
if redis.call('EXISTS', job) == 0 then
  if now() > tonumber(ARGV[13]) then return { 'late', 0 } end
  if known[1] then -- a job that is no longer kept begins anew
    redis.call('DEL', stream)
    redis.call('HDEL', ledger, 'rows', 'told', 'shown')
  end
  if ARGV[12] ~= '' then redis.call('HSET', webhooks, id, ARGV[12]) end
  addToQueue({ unpack(KEYS, 1, 9) }, { unpack(ARGV, 1, 3) })
  outcome, acceptedAt = 'added', now()
  redis.call('HSET', job, 'timestamp', acceptedAt)
  if ARGV[10] ~= '' then redis.call('HSET', job, 'rows', ARGV[10]) end
  redis.pcall('ZADD', index, 0, id) -- a list that somebody spoiled is no reason to refuse a job
  if owner ~= '' then
    redis.pcall('ZADD', ownIndex, 0, id)
    redis.pcall('SADD', owners, owner)
  end
  publish(stream, 'queued', ARGV[5], ARGV[6], ARGV[7])
end
if record then
  redis.call('HSET', record, 'fingerprint', fingerprint, 'jobId', id, 'state', 'accepted', 'form', 2)
  redis.call('PEXPIRE', record, ARGV[9])
end
return { outcome, acceptedAt }
`);
