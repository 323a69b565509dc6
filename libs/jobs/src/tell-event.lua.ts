import { RedisScript } from './redis-script.js';

/** KEYS: event stream, whose name is also its channel. ARGV: event type, event data, stream length, ttl s. */
export const tellEvent = new RedisScript(`
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'type', ARGV[1], 'data', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('PUBLISH', KEYS[1], '')
`);
