/** Prompts whose rollouts all earn the same. */
import type { Groups } from '../../numerics/grouped.ts'
import { saturation as counts } from '../../numerics/saturation.ts'
import { wilsonInterval } from '../../numerics/wilson-interval.ts'
import { partOf, pick } from '../audit-table.ts'
import { spans } from '../change.ts'
import { defineDiagnostic } from '../diagnostic.ts'
import { inPercent } from '../phrasing.ts'

/** The card's bars for one fixed set of rollouts. */
const WATCH = 0.3
const FAIL = 0.6
/** A reward of no more values than this has flat groups by chance, and where prompts are easy or hopeless. */
const FEW_LEVELS = 4
const FEW_LEVELS_WATCH = 0.6
const FEW_LEVELS_FAIL = 0.85
/** While a policy trains it solves its easy prompts: only near the end of all gradient is that a concern. */
const TRAINING_WATCH = 0.85
const TRAINING_FAIL = 0.95

/** The share of flat groups if answers earned independently of their prompt; null for a reward of many values. */
function flatByChance(reward: Float64Array, { of, count }: Groups): number | null {
  const frequencies = new Map<number, number>()
  for (const value of reward) {
    frequencies.set(value, (frequencies.get(value) ?? 0) + 1 / reward.length)
    if (frequencies.size > FEW_LEVELS) return null
  }
  const sizes = new Int32Array(count)
  for (const group of of) sizes[group]!++
  let sum = 0
  let groups = 0
  for (const size of sizes) {
    if (size < 2) continue
    groups++
    for (const frequency of frequencies.values()) sum += frequency ** size
  }
  return groups === 0 ? 0 : sum / groups
}

/**
 * Share of groups with max − min ≤ 1e-9, at the top and at the bottom. Without steps watch > .3, fail > .6; for a reward
 * of at most four values the share beyond chance, (share − c) / (1 − c) with c = Σ over values of frequency^size averaged
 * over groups, watch > .6, fail > .85, since a verifier leaves solved and hopeless prompts flat. Over
 * training the last quarter counts: watch > .85, fail > .95, and only when the share has grown by .2 since the first
 * quarter, unless the held-back column rose with it.
 */
export const saturation = defineDiagnostic({
  name: 'saturation',
  description: 'Prompts give no gradient: all their rollouts earn the same.',
  needs: ['groups'],
  guard: 'Filter such groups (dynamic sampling), take harder prompts, or check what earns the maximum.',
  compute({ table, qualityKeepsUp }) {
    let least = Number.POSITIVE_INFINITY
    let largest = Number.NEGATIVE_INFINITY
    for (const value of table.reward) {
      least = Math.min(least, value)
      largest = Math.max(largest, value)
    }
    const span = spans(table)
    const part = partOf(table, [], span?.late ?? 0)
    const late = counts(pick(table.reward, part.rows), part.groups, least, largest)
    if (late.groups === 0) return { missing: 'prompts with several rollouts' }
    const share = late.zeroVariance / late.groups
    const numbers: Record<string, number> = {
      share,
      atTop: late.atTop / late.groups,
      atBottom: late.atBottom / late.groups,
      groups: late.groups,
    }
    const chance = flatByChance(pick(table.reward, part.rows), part.groups)
    const few = chance !== null
    const beyond = few ? (share - chance) / Math.max(1e-9, 1 - chance) : share
    let concern: 'pass' | 'watch' | 'fail' =
      beyond > (few ? FEW_LEVELS_FAIL : FAIL)
        ? 'fail'
        : beyond > (few ? FEW_LEVELS_WATCH : WATCH)
          ? 'watch'
          : 'pass'
    if (span !== null) {
      const before = partOf(table, [], 0, span.early)
      const early = counts(pick(table.reward, before.rows), before.groups, least, largest)
      const earlyShare = early.groups === 0 ? 0 : early.zeroVariance / early.groups
      numbers.earlyShare = earlyShare
      concern =
        qualityKeepsUp === true || share - earlyShare < 0.2
          ? 'pass'
          : share > TRAINING_FAIL
            ? 'fail'
            : share > TRAINING_WATCH ||
                (qualityKeepsUp === false && share > WATCH && share - earlyShare > WATCH)
              ? 'watch'
              : 'pass'
    }
    const where = late.atTop >= late.atBottom ? 'at the top' : 'at the bottom'
    const rows: number[] = []
    for (let at = 0; at < part.rows.length && rows.length < 20; at++)
      if (late.flat[part.groups.of[at]!] === 1) rows.push(part.rows[at]!)
    return [
      {
        concern,
        sentence: `${inPercent(share)} of the prompts give no gradient (${inPercent(Math.max(late.atTop, late.atBottom) / late.groups)} all ${where}).`,
        numbers,
        interval: wilsonInterval(late.zeroVariance, late.groups),
        step: span === null ? null : table.steps[span.late]!,
        rows,
      },
    ]
  },
})
