/** Which signal decides the reward inside groups, as shares and as a sentence. */

import type { NumberFrame } from '../../../store/store.ts'
import { columnKind } from '../aggregates/column-kind.ts'
import { spreadOf, stepGroupsOf } from '../aggregates/step-groups.ts'
import { withinCorrelations } from '../aggregates/within-groups.ts'
import { grouped, named, percent } from './words.ts'

/** Fewer groups with different rewards than these say little about what decides. */
const FEWEST_GROUPS = 10
/** a share from which on one column is said to decide */
const DECIDING = 0.5

export interface Shares {
  /** groups with at least two valid rewards, and those among them whose rewards differ */
  readonly comparable: number
  readonly differing: number
  /** signals, largest share of the reward's variance inside groups first; undefined shares left out */
  readonly shares: readonly { readonly name: string; readonly share: number }[]
}

/** The share of each signal: its squared correlation with the reward inside groups. */
export function sharesOf(frame: NumberFrame): Shares {
  const reward = frame.columns.get('reward')
  if (reward === undefined) return { comparable: 0, differing: 0, shares: [] }
  const groups = stepGroupsOf(frame)
  const { comparable, equal } = spreadOf(reward, groups)
  const shares: { name: string; share: number }[] = []
  for (const [name, column] of frame.columns) {
    if (columnKind(name) !== 'signal') continue
    const share = withinCorrelations([reward, column], groups)[1]! ** 2
    if (!Number.isNaN(share)) shares.push({ name, share })
  }
  return { comparable, differing: comparable - equal, shares: shares.sort((a, b) => b.share - a.share) }
}

/**
 * Says which signal explains most of what a group's comparison sees, and when nothing can be said.
 *
 * @example '`format` explains 92 % of the reward’s variance inside groups, next comes `correct` with 11 %.'
 */
export function decidingSentence({ comparable, differing, shares }: Shares): string {
  if (comparable === 0) return 'No group has two valid rewards to compare.'
  if (differing === 0)
    return `All ${grouped(comparable)} groups have equal rewards: there is nothing to compare.`
  if (differing < FEWEST_GROUPS) {
    const count = differing === 1 ? '1 group has' : `${differing} groups have`
    return `Only ${count} different rewards: too few to say which signal decides.`
  }
  const [first, second] = shares
  if (first === undefined) return 'No signal varies together with the reward inside groups.'
  if (first.share < DECIDING)
    return `No signal decides alone: ${named(first.name)} explains most of the reward’s variance inside groups, ${percent(first.share)}.`
  const next = second === undefined ? '' : `, next comes ${named(second.name)} with ${percent(second.share)}`
  return `${named(first.name)} explains ${percent(first.share)} of the reward’s variance inside groups${next}.`
}
