/** How a learned reward stands against the truth of a simulated world. */
import { GuerdonError } from '../../records/error.ts'
import type { LabelledPairs } from './label-pairs.ts'
import type { UserPairs } from './label-users.ts'

export interface WorldAccuracy {
  /** against the labels that were given; a tie of rewards counts ½ */
  readonly labels: number
  /** against sign(u(a) − u(b)) of the labeller, the noise-free preference; pairs of equal utility left out */
  readonly preferences: number
  /** the same by group, in the order of the population; null for a group without pairs. Empty without groups */
  readonly groups: readonly (number | null)[]
  readonly worstGroup: number | null
  /** on pairs on which not all groups agree; null when there are none */
  readonly controversial: number | null
}

class Share {
  right = 0
  count = 0

  add(right: number): void {
    this.right += right
    this.count++
  }

  get value(): number | null {
    return this.count === 0 ? null : this.right / this.count
  }
}

/**
 * Accuracies of rewards on labelled pairs: against labels, against noise-free preferences, by group and on controversial
 * pairs. Source: paper 00-preference-testbed, what to measure.
 * @param margins r(chosen) − r(rejected), one a pair
 * @throws GuerdonError ARGUMENT_INVALID for another number of margins, none at all, or one that is NaN
 */
export function worldAccuracy(pairs: LabelledPairs | UserPairs, margins: ArrayLike<number>): WorldAccuracy {
  if (margins.length !== pairs.count || pairs.count === 0 || Array.from(margins).some(Number.isNaN)) {
    throw new GuerdonError('ARGUMENT_INVALID', `${margins.length} margins for ${pairs.count} pairs`, {
      expected: 'a number for each of at least one pair',
    })
  }
  const labels = new Share()
  const preferences = new Share()
  const controversial = new Share()
  const users = 'group' in pairs ? pairs : undefined
  const groupCount = users === undefined ? 0 : users.groupDifferences.length / users.count
  const groups = Array.from({ length: groupCount }, () => new Share())
  for (let pair = 0; pair < pairs.count; pair++) {
    const margin = margins[pair]!
    const agrees = margin > 0 ? 1 : margin === 0 ? 0.5 : 0
    labels.add(agrees)
    if (pairs.utilityChosen[pair] === pairs.utilityRejected[pair]) continue
    const right = pairs.flipped[pair] === 1 ? 1 - agrees : agrees
    preferences.add(right)
    groups[users?.group[pair] ?? -1]?.add(right)
    if (users?.controversial[pair] === 1) controversial.add(right)
  }
  const known = groups.flatMap(({ value }) => (value === null ? [] : [value]))
  return {
    labels: labels.value!,
    preferences: preferences.value ?? Number.NaN,
    groups: groups.map(({ value }) => value),
    worstGroup: known.length === 0 ? null : Math.min(...known),
    controversial: controversial.value,
  }
}
