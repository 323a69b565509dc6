import { RedisScript } from './redis-script.js';
import { NOW } from './redis-time.lua.js';

/**
 * KEYS: hash of secrets. ARGV: owner, new secret, how long the one before still signs in ms, or '' where
 * there must be none. Answers the new record, or nil where one stands in the way.
 */
export const rotateSecret = new RedisScript(`${NOW}
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and ARGV[3] == '' then return nil end
local record = { secret = ARGV[2], createdAt = now() }
if known and tonumber(ARGV[3]) > 0 then
  record.previous = cjson.decode(known).secret
  record.previousUntil = record.createdAt + tonumber(ARGV[3])
end
local text = cjson.encode(record)
redis.call('HSET', KEYS[1], ARGV[1], text)
return text
`);
