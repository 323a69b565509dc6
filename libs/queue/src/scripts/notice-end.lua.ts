/**
 * Lua for scripts that publish the end of a job: notes how one ended whose webhook waits for that, and wakes
 * who delivers. Whatever somebody did to these keys is no reason not to publish an end.
 */
export const NOTICE_END = `
local function noticeEnd(awaited, ended, channel, id, event)
  if redis.pcall('HEXISTS', awaited, id) ~= 1 then return end
  redis.pcall('HSET', ended, id, event)
  redis.call('PUBLISH', channel, id)
end
`;
