/**
 * Lua for scripts that an attempt of a job runs: whether it is still the one that counts. A newer attempt has
 * a greater number in BullMQ's hash of the job, and a job whose end was published says so there: for as long
 * as the job is kept, and no longer.
 */
export const FENCE = `
local function mayPublish(job, attempt)
  local known = redis.call('HMGET', job, 'ats', 'ended')
  return known[1] == attempt and not known[2]
end
`;
