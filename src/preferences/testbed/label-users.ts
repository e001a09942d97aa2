/** Labels of many users, each of whom belongs to a group and has a taste of their own. */
import type { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import type { Annotator } from './annotator.ts'
import { drawPairs, type ItemPairs, type PairOptions } from './item-pairs.ts'
import { type LabelledPairs, labelItemPairs } from './label-pairs.ts'
import type { Population } from './populations.ts'
import { linearTeacher, type Teacher } from './teacher.ts'

export interface UserPairs extends LabelledPairs {
  readonly users: number
  /** who labelled the pair, 0 … users − 1 */
  readonly user: Int32Array
  /** the user's group, for evaluation only */
  readonly group: Int32Array
  /** the group where the pair's text gives it away, −1 where it does not */
  readonly hint: Int32Array
  /** n × G: u_g(chosen) − u_g(rejected) in every group, without β; for the Bayes bounds */
  readonly groupDifferences: Float64Array
  /** 1 where not all groups prefer the same item */
  readonly controversial: Uint8Array
}

export interface UserOptions extends Omit<PairOptions, 'pairs' | 'prompts'> {
  readonly users: number
  readonly pairsPerUser: number
  /** τ: how far a user's weights lie from the group's, in units of the group's root mean square weight; 0.1 unless told */
  readonly spread?: number
  /** q: share of the pairs whose text gives the group away, 0 unless told */
  readonly hinted?: number
}

/**
 * N users with M pairs each, user after user. A user's group is drawn from π, w_user = w_g + τ·rms(w_g)·N(0, I), and the
 * utilities keep the group's scale. Every pair is a prompt of its own, so a split by user is one by prompt, too.
 * Source: paper 00-preference-testbed (the card's τ is for weights of about unit size).
 * @throws GuerdonError ARGUMENT_INVALID for sizes that are no whole numbers, or shares outside [0, 1]
 */
export function labelUsers(
  stream: RandomStream,
  people: Population,
  who: Annotator,
  options: UserOptions,
): UserPairs {
  const { users, pairsPerUser, spread = 0.1, hinted = 0, ...pairOptions } = options
  if (![users, pairsPerUser].every((size) => Number.isInteger(size) && size >= 1)) {
    throw new GuerdonError('ARGUMENT_INVALID', `${users} users with ${pairsPerUser} pairs`, {
      expected: 'at least one of each',
    })
  }
  if (!(spread >= 0 && hinted >= 0 && hinted <= 1)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'users cannot differ like this', {
      expected: 'a spread that is not negative and a share of hints in [0, 1]',
      found: { spread, hinted },
    })
  }
  const count = users * pairsPerUser
  const groups = people.weights.length
  const drawn = drawPairs(stream.derive('pairs'), people.teachers[0]!, { ...pairOptions, pairs: count })
  const membership = stream.derive('groups')
  const tastes = stream.derive('tastes')
  const hints = stream.derive('hints')
  const user = new Int32Array(count)
  const group = new Int32Array(count)
  const hint = new Int32Array(count)
  const utilityA = new Float64Array(count)
  const utilityB = new Float64Array(count)
  const width = drawn.dimensions
  for (let one = 0; one < users; one++) {
    const own = drawGroup(membership, people.weights)
    const taste = userTeacher(tastes, people, own, spread)
    const start = one * pairsPerUser
    const end = start + pairsPerUser
    utilityA.set(taste.utility(drawn.a.features.subarray(start * width, end * width), pairsPerUser), start)
    utilityB.set(taste.utility(drawn.b.features.subarray(start * width, end * width), pairsPerUser), start)
    user.fill(one, start, end)
    group.fill(own, start, end)
    for (let pair = start; pair < end; pair++) hint[pair] = hints.uniform() < hinted ? own : -1
  }
  const pairs: ItemPairs = { ...drawn, utilityA, utilityB }
  const labelled = labelItemPairs(stream.derive('labels'), pairs, who, { annotatorOf: user })
  const groupDifferences = new Float64Array(count * groups)
  const controversial = new Uint8Array(count)
  for (let one = 0; one < groups; one++) {
    const chosen = people.teachers[one]!.utility(labelled.chosen, count)
    const rejected = people.teachers[one]!.utility(labelled.rejected, count)
    for (let pair = 0; pair < count; pair++) {
      const at = pair * groups
      groupDifferences[at + one] = chosen[pair]! - rejected[pair]!
      if (Math.sign(groupDifferences[at + one]!) !== Math.sign(groupDifferences[at]!)) controversial[pair] = 1
    }
  }
  return { ...labelled, users, user, group, hint, groupDifferences, controversial }
}

function drawGroup(stream: RandomStream, weights: Float64Array): number {
  let left = stream.uniform()
  let group = 0
  while (group < weights.length - 1 && left >= weights[group]!) left -= weights[group++]!
  return group
}

/** The group's taste with some of the user's own in the columns that any group looks at, on the group's scale. */
function userTeacher(stream: RandomStream, people: Population, own: number, spread: number): Teacher {
  const group = people.teachers[own]!
  let squares = 0
  let looked = 0
  for (const weight of group.weights) {
    squares += weight * weight
    if (weight !== 0) looked++
  }
  const step = spread * Math.sqrt(squares / looked)
  const taste = group.weights.map((weight, column) =>
    people.teachers.some((other) => other.weights[column] !== 0) ? weight + step * stream.normal() : 0,
  )
  return linearTeacher(taste, Math.sqrt(2 * squares))
}
