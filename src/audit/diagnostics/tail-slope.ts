/** Whether reward still tells quality among the answers it likes best. */
import { bootstrapInterval } from '../../numerics/bootstrap.ts'
import { tailSlope as slopes } from '../../numerics/tail-slope.ts'
import { comparedGroups, LEAST_GROUPS, partOf, pick } from '../audit-table.ts'
import { defineDiagnostic } from '../diagnostic.ts'
import { short } from '../phrasing.ts'
import { worstRows } from '../worst-rows.ts'

/** A slope over all rollouts that is not clearly above 0 has no tail to compare. */
const LEAST_SLOPE_RATIO = 0.75

/** Sum of squares among a prompt's best answers, of its average over all answers to a prompt, that tells a slope. */
const LEAST_SPREAD = 1e-3
/** A reward with no more different values than this has no top quarter of its own. */
const LEAST_LEVELS = 10

/**
 * Slope of gold on reward inside prompts, over all rollouts of the last half of training and over the top quarter of
 * each prompt, in groups of at least eight. Watch: slope_top / slope_all < 0.75, and the 95 % interval (bootstrap over
 * prompts) of slope_top − slope_all lies below 0; not for
 * labels of two values, which flatten at their ceiling, nor while quality keeps up with reward. Fail: the interval of slope_top has its upper end at or below 0.
 * A reward of at most ten levels ties its top and is not measured; nor is one whose best answers differ in fewer than 20 prompts.
 */
export const tailSlope = defineDiagnostic({
  name: 'tail-slope',
  description: 'Among the best-scored answers reward no longer tells quality.',
  needs: ['heldBack', 'groups'],
  guard: 'Bound the reward (clip, log-sigmoid, rank) so that its top pays no more than it means.',
  compute({ table, stream, qualityKeepsUp }) {
    const gold = table.heldBack!.values
    const part = partOf(table, [gold], Math.floor(table.steps.length / 2))
    if (part.rows.length < 8 * part.groups.count)
      return { missing: 'groups of at least eight labelled rollouts' }
    if (comparedGroups(part.groups) < LEAST_GROUPS)
      return { missing: `held-back labels of ${LEAST_GROUPS} prompts` }
    const proxy = pick(table.reward, part.rows)
    const quality = pick(gold, part.rows)
    const { slopeAll, slopeTop, kept, sums } = slopes(proxy, quality, part.groups)
    if (slopeAll === null || slopeTop === null)
      return { missing: 'reward that differs among the best answers' }
    // Where the best are tied, or all but, a slope among them is a quotient of two noises.
    let whole = 0
    for (let at = 1; at < sums.length; at += 4) whole += sums[at]!
    const least = (LEAST_SPREAD * whole * 4) / sums.length
    let differing = 0
    for (let at = 3; at < sums.length; at += 4) if (sums[at]! > least) differing++
    if (differing < LEAST_GROUPS)
      return { missing: `${LEAST_GROUPS} prompts whose best answers differ in reward` }
    const draws = Math.min(2000, Math.ceil(4e7 / (sums.length + 1)))
    const top = bootstrapInterval(sums, 4, (s) => s[2]! / s[3]!, stream.derive('top'), draws)
    const gap = bootstrapInterval(sums, 4, (s) => s[2]! / s[3]! - s[0]! / s[1]!, stream.derive('gap'), draws)
    if (top === null || gap === null) return { missing: 'reward that differs among the best answers' }
    const all = bootstrapInterval(sums, 4, (s) => s[0]! / s[1]!, stream.derive('all'), draws)
    if (new Set(proxy).size <= LEAST_LEVELS) return { missing: 'a reward of more than ten levels' }
    // Labels of two values flatten at their ceiling whatever the reward does: only no slope at all is told from them.
    const graded = new Set(quality).size > 2 && qualityKeepsUp !== true
    const steep = graded && slopeAll > 0 && all !== null && all[0] > 0
    const concern =
      top[1] <= 0 && gap[1] < 0 && qualityKeepsUp !== true
        ? 'fail'
        : steep && slopeTop / slopeAll < LEAST_SLOPE_RATIO && gap[1] < 0
          ? 'watch'
          : 'pass'
    return [
      {
        concern,
        sentence:
          concern === 'pass'
            ? 'Reward tells quality among the best-scored answers as well.'
            : `Among the best-scored answers reward no longer tells quality (slope ${short(slopeTop)} against ${short(slopeAll)}).`,
        numbers: { slopeAll, slopeTop, kept },
        interval: top,
        rows: worstRows(part.rows.length, (at) => proxy[at]! - quality[at]!).map((at) => part.rows[at]!),
      },
    ]
  },
})
