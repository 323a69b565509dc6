import { FENCE } from './fence.lua.js';
import { RedisScript } from './redis-script.js';

/**
 * Lua for scripts that publish events: appends one to a job's stream, whose name is also the channel that
 * wakes its readers.
 */
export const PUBLISH = `
local function publish(stream, type, data, length, ttl)
  redis.call('XADD', stream, 'MAXLEN', '~', length, '*', 'type', type, 'data', data)
  redis.call('EXPIRE', stream, ttl)
  redis.call('PUBLISH', stream, '')
end
`;

/**
 * KEYS: event stream, job hash. ARGV: event type, event data, stream length, ttl s, attempt. Answers 1, or 0
 * when the attempt is over.
 */
export const publishEvent = new RedisScript(`${PUBLISH}${FENCE}
if not mayPublish(KEYS[2], ARGV[5]) then return 0 end
publish(KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4])
return 1
`);
