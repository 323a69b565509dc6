/**
 * Lua for scripts that do one thing for several jobs: an error is the answer for its own job, and no other's.
 * A server that takes no writes is the wrong one for all of them: then `answers.err` is what the script
 * answers instead.
 */
export const EACH_APART = `
local function apart(answers, work, ...)
  if answers.err then return end
  local isDone, answer = pcall(work, ...)
  if not isDone then
    local reason = type(answer) == 'table' and answer.err or tostring(answer)
    answer = { err = reason }
    if string.find(reason, 'READONLY', 1, true) then answers.err = reason end
  end
  answers[#answers + 1] = answer
end
`;
