import { createRequire } from 'node:module';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { RedisScript, type ScriptValue } from '../scripts/redis-script.js';
import { NOW } from '../scripts/redis-time.lua.js';
import { PUBLISH } from '../scripts/publish-event.lua.js';

// BullMQ does not offer its scripts to others. Its version is exact, and what its layout must be is checked
// when this loads.
const { addPrioritizedJob } = z
  .object({ addPrioritizedJob: z.object({ content: z.string(), keys: z.literal(9) }) })
  .parse(createRequire(import.meta.url)('bullmq/dist/cjs/scripts/addPrioritizedJob-9.js'));

/** So many jobs are added by one call at most: others must not wait for Redis meanwhile. */
export const MOST_ADDED_TOGETHER = 32;

/**
 * Adds jobs, each with all that belongs to it or nothing of it: BullMQ's own script does its part in the
 * middle of ours. KEYS: those of the first job, of the second, and so on. ARGV: how many jobs, and for each
 * the number of its keys and of its values, and these. Keys of a job: BullMQ's nine, job hash, event stream,
 * index, ledger, webhooks awaited; the owner's index and the set of owners, if the owner is not the default
 * one; the idempotency record, if there is one. Values: BullMQ's three, job id, event data, stream length,
 * ttl s, fingerprint, record ttl ms, rows if it has any, the owner if not the default one, webhook if it has
 * one, and the time after which nothing is added. Answers for each job what came of it and Redis' time of an
 * acceptance, or the error that kept it from being added, which is no other job's.
 */
const addJobs = new RedisScript(`
local function addToQueue(KEYS, ARGV)
${addPrioritizedJob.content}
end
${NOW}${PUBLISH}
local function addJob(KEYS, ARGV)
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
      redis.call('HDEL', ledger, 'rows', 'told', 'shown', 'drawn')
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
end
local answers, key, value = {}, 0, 1
for place = 1, tonumber(ARGV[1]) do
  local numKeys, numValues = tonumber(ARGV[value + 1]), tonumber(ARGV[value + 2])
  value = value + 2
  local keys, values = { unpack(KEYS, key + 1, key + numKeys) }, { unpack(ARGV, value + 1, value + numValues) }
  key, value = key + numKeys, value + numValues
  local isDone, answer = pcall(addJob, keys, values)
  if not isDone then
    local reason = type(answer) == 'table' and answer.err or tostring(answer)
    answer = { err = reason }
    if string.find(reason, 'READONLY', 1, true) then return answer end -- the wrong server for all of them
  end
  answers[place] = answer
end
return answers
`);

/** Keys and values of one job, as the script takes them. */
export interface JobToAdd {
  readonly keys: readonly string[];
  readonly values: readonly ScriptValue[];
}

/** What came of each job, in order: the answer of the script, or an error. */
export async function addTogether(redis: Redis, jobs: readonly JobToAdd[]): Promise<readonly unknown[]> {
  const values = jobs.flatMap((job) => [job.keys.length, job.values.length, ...job.values]);
  const keys = jobs.flatMap((job) => job.keys);
  return z.array(z.unknown()).parse(await addJobs.runByHash(redis, keys, [jobs.length, ...values]));
}
