/**
 * Lua for scripts that need the time: milliseconds since 1970 by Redis' clock, the only one that all
 * processes share.
 */
export const NOW = `
local function now()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
`;
