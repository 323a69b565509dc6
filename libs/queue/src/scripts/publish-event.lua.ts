/**
 * Lua for scripts that publish events: appends one to a job's stream, whose name is also the channel that
 * wakes its readers. Answers how many of them were listening to this server.
 */
export const PUBLISH = `
local function publish(stream, type, data, length, ttl)
  redis.call('XADD', stream, 'MAXLEN', '~', length, '*', 'type', type, 'data', data)
  redis.call('EXPIRE', stream, ttl)
  return redis.call('PUBLISH', stream, '')
end
`;
