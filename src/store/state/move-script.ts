/**
 * The script that moves a state in Redis. A script is atomic: no other command runs between its first and last line,
 * and either all of its writes happen or none.
 *
 * KEYS
 *   1      hash with the fields `version` (how often the state moved) and `state` (JSON); it does not run out
 *   2 …    one string for each request that the move stands for: `MOVE VERSION ANSWER`
 * ARGV
 *   1      version that the caller computed the next state from; 0 when it knows of none
 *   2      the next state, JSON
 *   3      how long the requests are remembered, in milliseconds
 *   4      id of this move, without spaces: the same when the caller sends it again
 *   5 …    the answer of each request, JSON, parallel to KEYS 2 …
 * Returns
 *   {'moved', version}                  the state moved now
 *   {'moved', version}                  it had moved with this very id before (the reply was lost); nothing changed
 *   {'applied', i, answer, i, answer …} some requests were applied by other moves (i counts them from 0); nothing changed
 *   {'conflict', version, state}        the state has another version; nothing changed. '' = there is no state
 *
 * All keys have one hash tag, so in a cluster they lie in one slot.
 */
import { createHash } from 'node:crypto'

export const MOVE_SCRIPT = `
local applied = {'applied'}
for index = 2, #KEYS do
  local entry = redis.call('GET', KEYS[index])
  if entry then
    local move, version, answer = string.match(entry, '^(%S+) (%d+) (.*)$')
    if move == ARGV[4] then return {'moved', tonumber(version)} end
    applied[#applied + 1] = index - 2
    applied[#applied + 1] = answer
  end
end
if #applied > 1 then return applied end
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if version ~= tonumber(ARGV[1]) then
  return {'conflict', version, redis.call('HGET', KEYS[1], 'state') or ''}
end
version = version + 1
redis.call('HSET', KEYS[1], 'version', version, 'state', ARGV[2])
for index = 2, #KEYS do
  redis.call('SET', KEYS[index], ARGV[4] .. ' ' .. version .. ' ' .. ARGV[index + 3], 'PX', ARGV[3])
end
return {'moved', version}
`

/** What Redis calls the script by, once it has it. */
export const MOVE_SCRIPT_SHA = createHash('sha1').update(MOVE_SCRIPT).digest('hex')

/** The script's reply, as it comes over the wire. */
export type MoveReply =
  | readonly ['moved', number]
  | readonly ['applied', ...(number | string)[]]
  | readonly ['conflict', number, string]
