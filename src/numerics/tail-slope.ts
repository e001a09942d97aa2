/** Whether reward still tells quality among the answers it likes best (regressional and extremal Goodhart). */
import { type Groups, membersOf } from './grouped.ts'

export interface TailSlope {
  /** slope of gold on proxy inside prompts; null when the proxy is constant there */
  readonly slopeAll: number | null
  /** the same among the top share of each prompt, centred anew */
  readonly slopeTop: number | null
  /** rollouts in the top */
  readonly kept: number
  /** a prompt each: Σproxy·gold and Σproxy² of all, then of the top; what a bootstrap over prompts draws from */
  readonly sums: Float64Array
}

function addMoments(
  rows: readonly number[],
  proxy: Float64Array,
  gold: Float64Array,
  out: Float64Array,
  at: number,
): void {
  let meanProxy = 0
  let meanGold = 0
  for (const row of rows) {
    meanProxy += proxy[row]! / rows.length
    meanGold += gold[row]! / rows.length
  }
  for (const row of rows) {
    const deviation = proxy[row]! - meanProxy
    out[at]! += deviation * (gold[row]! - meanGold)
    out[at + 1]! += deviation * deviation
  }
}

/**
 * Slope of gold on proxy inside prompts, over all rollouts and over the top `share` by proxy of each prompt (rounded
 * up, at least 2; ties at the edge in row order). A prompt with one rollout keeps it and adds nothing to the slopes.
 *
 * @param share of a prompt's rollouts that counts as the top, ¼ unless told
 * @example tailSlope(Float64Array.of(0, 1, 2, 3), Float64Array.of(0, 1, 1, 1), { count: 1, of: new Int32Array(4) }, 0.5).slopeTop // 0
 */
export function tailSlope(proxy: Float64Array, gold: Float64Array, groups: Groups, share = 0.25): TailSlope {
  const { offsets, rows } = membersOf(groups)
  const sums = new Float64Array(4 * groups.count)
  let kept = 0
  for (let group = 0; group < groups.count; group++) {
    const members = Array.from(rows.subarray(offsets[group]!, offsets[group + 1]!))
    if (members.length === 0) continue
    const top = Math.min(members.length, Math.max(2, Math.ceil(share * members.length - 1e-9)))
    addMoments(members, proxy, gold, sums, 4 * group)
    members.sort((a, b) => proxy[b]! - proxy[a]!)
    addMoments(members.slice(0, top), proxy, gold, sums, 4 * group + 2)
    kept += top
  }
  const totals = new Float64Array(4)
  for (let entry = 0; entry < sums.length; entry++) totals[entry % 4]! += sums[entry]!
  return {
    slopeAll: totals[1]! > 0 ? totals[0]! / totals[1]! : null,
    slopeTop: totals[3]! > 0 ? totals[2]! / totals[3]! : null,
    kept,
    sums,
  }
}
