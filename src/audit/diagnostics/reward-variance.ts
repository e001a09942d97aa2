/** Whether there are differences between the answers to a prompt, or only between prompts. */
import { saturation } from '../../numerics/saturation.ts'
import { partOf, pick } from '../audit-table.ts'
import { spans } from '../change.ts'
import { defineDiagnostic } from '../diagnostic.ts'
import { inPercent } from '../phrasing.ts'

const LEAST_SHARE = 0.1
const LEAST_OF_START = 0.2

function varianceOf(values: { withinVariance: number | null; betweenVariance: number | null }): {
  within: number
  share: number
} {
  const within = values.withinVariance ?? 0
  const total = within + (values.betweenVariance ?? 0)
  return { within, share: total > 0 ? within / total : 0 }
}

/**
 * Variance inside groups (n − 1, mean over groups) and between their means. Watch: the inside is less than .1 of both
 * from the start on; over training only when that share has halved. Fail: the standard deviation inside has
 * fallen below 20 % of the first quarter's while the mean reward rose. Quality that keeps up makes it a pass.
 */
export const rewardVariance = defineDiagnostic({
  name: 'reward-variance',
  description: 'Rewards differ between prompts, not between answers.',
  needs: ['groups'],
  guard: 'Check what earns the maximum; take harder prompts or a finer reward.',
  compute({ table, rewardChange, qualityKeepsUp }) {
    const span = spans(table)
    const part = partOf(table, [], span?.late ?? 0)
    const late = varianceOf(saturation(pick(table.reward, part.rows), part.groups, 0, 0))
    const numbers: Record<string, number> = { withinShare: late.share, withinStd: Math.sqrt(late.within) }
    let concern: 'pass' | 'watch' | 'fail' = late.share < LEAST_SHARE ? 'watch' : 'pass'
    let sentence = `${inPercent(late.share)} of the reward’s variance lies between answers to the same prompt.`
    if (span !== null) {
      const before = partOf(table, [], 0, span.early)
      const early = varianceOf(saturation(pick(table.reward, before.rows), before.groups, 0, 0))
      numbers.startStd = Math.sqrt(early.within)
      concern = late.share < LEAST_SHARE && late.share < early.share / 2 ? 'watch' : 'pass'
      if (early.within > 0) {
        const left = Math.sqrt(late.within / early.within)
        numbers.left = left
        if (left < LEAST_OF_START && rewardChange !== null && rewardChange.t > 2) {
          concern = 'fail'
          sentence = `Reward rises while answers to a prompt differ only ${inPercent(left)} as much as at the start.`
        }
      }
      if (qualityKeepsUp === true) concern = 'pass'
    }
    return [{ concern, sentence, numbers, step: span === null ? null : table.steps[span.late]! }]
  },
})
