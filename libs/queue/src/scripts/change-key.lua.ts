import { RedisScript } from './redis-script.js';

/**
 * Writes the record of an API key if it is still the one that was read, with the line of the audit log, and
 * sends word to whoever has read it before. KEYS: records by id, audit stream, channel. ARGV: id, the record
 * before or '', the record, '1' if there must be no key yet, the audit line, its stream's length.
 */
export const changeKey = new RedisScript(`
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[4] == '1' and redis.call('HLEN', KEYS[1]) > 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[6], '*', 'line', ARGV[5])
redis.call('PUBLISH', KEYS[3], ARGV[1])
return 1
`);
