import { RedisScript } from './redis-script.js';

/**
 * KEYS: ledger, event stream (whose name is also its channel). ARGV: event type, event data, stream length, ttl s, channel of ends,
 * job id, outcome. Answers the job's cancel record, if it has one: an accepted cancel wins against every other end, and the outcome of a
 * job that was cancelled is not told. A job that has ended accepts no cancel, so what is read here stays true. Its starts say nothing any
 * more and are forgotten.
 */
export const endJob = new RedisScript(`
local cancel = redis.call('HGET', KEYS[1], 'cancel')
redis.call('HDEL', KEYS[1], 'starts', 'solo')
local type, data, message = ARGV[1], ARGV[2], ARGV[6] .. ARGV[7]
if cancel then
  message = ARGV[6]
  if type ~= 'cancelled' then
    type = 'cancelled'
    data = cjson.encode({ type = type, error = { code = cjson.decode(cancel).reason, message = 'cancelled by request' } })
  end
end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'type', type, 'data', data)
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('PUBLISH', KEYS[2], '')
redis.call('PUBLISH', ARGV[5], message)
return cancel
`);
