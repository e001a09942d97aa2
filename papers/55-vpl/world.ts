/** Users who want to be near a goal in the plane, and users who each look at one of four columns. */
import { rowsOf } from '../../src/engine/sessions/fill.ts'
import { hedgeWeights } from '../../src/numerics/hedge-weights.ts'
import type { RandomStream } from '../../src/numerics/random.ts'
import { annotator } from '../../src/preferences/testbed/annotator.ts'
import { drawPairs } from '../../src/preferences/testbed/item-pairs.ts'
import { labelItemPairs } from '../../src/preferences/testbed/label-pairs.ts'
import { type MixtureBounds, mixtureBounds } from '../../src/preferences/testbed/mixture.ts'
import { population } from '../../src/preferences/testbed/populations.ts'
import type { Teacher } from '../../src/preferences/testbed/teacher.ts'
import type { Items } from '../../src/preferences/testbed/vector-items.ts'
import { type EncodedPairs, pairsOfFeatures } from '../../src/reward-models/encoded-pairs.ts'

/** β of every user */
export const RATIONALITY = 4

export interface World {
  readonly dimensions: number
  /** one a group of users, all equally frequent */
  readonly teachers: readonly Teacher[]
  items(stream: RandomStream, count: number): Items
}

/** u = −‖x − goal‖ */
const goalTeacher = (x: number, y: number): Teacher => ({
  dimensions: 2,
  utility: (features, count) =>
    Float64Array.from(
      { length: count },
      (_, row) => -Math.hypot(features[2 * row]! - x, features[2 * row + 1]! - y),
    ),
})

const itemsOf = (features: Float64Array, dimensions: number): Items => {
  const count = features.length / dimensions
  const none = {
    length: new Float64Array(count),
    attribute: new Uint8Array(count),
    style: new Uint8Array(count),
  }
  return { count, dimensions, features, ...none }
}

/** Points of [−1, 1]² and two kinds of users with goals on either side, or with the same goal. */
export const plane = (identical = false): World => ({
  dimensions: 2,
  teachers: [goalTeacher(0.8, 0.8), goalTeacher(identical ? 0.8 : -0.8, 0.8)],
  items: (stream, count) =>
    itemsOf(
      Float64Array.from({ length: 2 * count }, () => 2 * stream.uniform() - 1),
      2,
    ),
})

/** The four equal groups of the testbed, each looking at one of the first four of eight normal columns. */
export function fourGroups(stream: RandomStream): World {
  const dimensions = 8
  return {
    dimensions,
    teachers: population(stream, 'four', { dimensions }).teachers,
    items: (own, count) =>
      itemsOf(
        Float64Array.from({ length: dimensions * count }, () => own.normal()),
        dimensions,
      ),
  }
}

export interface UserData {
  /** user after user, the same number of pairs each; labelled by the user, with noise */
  readonly pairs: EncodedPairs
  readonly perUser: number
  /** of each user */
  readonly group: Int32Array
  /** n × groups: u(chosen) − u(rejected) for every group */
  readonly differences: Float64Array
}

/**
 * Users with labelled pairs; `controversial` keeps only pairs on which not all groups agree.
 */
export function drawUsers(
  stream: RandomStream,
  world: World,
  users: number,
  perUser: number,
  options: { readonly controversial?: boolean } = {},
): UserData {
  const { dimensions, teachers } = world
  const count = users * perUser
  const membership = stream.derive('groups')
  const group = Int32Array.from({ length: users }, () => membership.below(teachers.length))
  const a = new Float64Array(count * dimensions)
  const b = new Float64Array(count * dimensions)
  const items = stream.derive('items')
  for (let kept = 0, round = 0; kept < count; round++) {
    const own = items.derive(`round ${round}`)
    const [first, second] = [world.items(own.derive('a'), count), world.items(own.derive('b'), count)]
    const gaps = teachers.map((teacher) => {
      const [high, low] = [teacher.utility(first.features, count), teacher.utility(second.features, count)]
      return high.map((value, row) => value - low[row]!)
    })
    for (let row = 0; row < count && kept < count; row++) {
      const signs = new Set(gaps.map((gap) => Math.sign(gap[row]!)))
      if (options.controversial && signs.size < 2) continue
      a.set(first.features.subarray(row * dimensions, (row + 1) * dimensions), kept * dimensions)
      b.set(second.features.subarray(row * dimensions, (row + 1) * dimensions), kept * dimensions)
      kept++
    }
  }
  return labelled(stream, world, group, itemsOf(a, dimensions), itemsOf(b, dimensions))
}

/** The same pairs answered by every user of the given groups, each with noise of their own. */
export function askEverybody(
  stream: RandomStream,
  world: World,
  group: Int32Array,
  asked: EncodedPairs,
): UserData {
  const repeated = (side: 'chosen' | 'rejected'): Items => {
    const { values } = rowsOf(
      asked[side],
      Int32Array.from({ length: group.length * asked.count }, (_, row) => row % asked.count),
    )
    return itemsOf(Float64Array.from(values), world.dimensions)
  }
  return labelled(stream, world, group, repeated('chosen'), repeated('rejected'))
}

/** Labels of pairs that belong to users in order, each to one with as many pairs as the others. */
function labelled(stream: RandomStream, world: World, group: Int32Array, a: Items, b: Items): UserData {
  const { dimensions, teachers } = world
  const { count } = a
  const perUser = count / group.length
  const user = Int32Array.from({ length: count }, (_, row) => Math.floor(row / perUser))
  const byUser: Teacher = {
    dimensions,
    utility(features) {
      const all = teachers.map((teacher) => teacher.utility(features, count))
      return Float64Array.from(user, (one, row) => all[group[one]!]![row]!)
    },
  }
  const sides = [a, b]
  const drawn = drawPairs(stream.derive('pairs'), byUser, {
    pairs: count,
    dimensions,
    items: () => sides.shift()!,
  })
  const who = annotator({ rationality: RATIONALITY, flip: 0 })
  const { chosen, rejected } = labelItemPairs(stream.derive('labels'), drawn, who, { annotatorOf: user })
  const differences = new Float64Array(count * teachers.length)
  teachers.forEach((teacher, own) => {
    const [high, low] = [teacher.utility(chosen, count), teacher.utility(rejected, count)]
    for (let row = 0; row < count; row++) differences[row * teachers.length + own] = high[row]! - low[row]!
  })
  return {
    pairs: pairsOfFeatures(chosen, rejected, dimensions, {
      users: { codes: user, names: Array.from(group, (_, one) => `user ${one}`) },
    }),
    perUser,
    group,
    differences,
  }
}

/** The best accuracies and log-losses with the group known and unknown, for labels as users give them. */
export const boundsOf = ({ differences }: UserData, groups: number): MixtureBounds =>
  mixtureBounds(
    new Float64Array(groups).fill(1 / groups),
    differences.map((gap) => RATIONALITY * gap),
  )

/** Rows of each user from place `from` to `to` of the user's own pairs. */
export const rowsOfUsers = ({ group, perUser }: UserData, from: number, to: number): readonly Int32Array[] =>
  Array.from(group, (_, user) =>
    Int32Array.from({ length: to - from }, (_row, place) => user * perUser + from + place),
  )

/** Share of rows on which a margin for the chosen side agrees with what the user wants without noise. */
export function agreement(
  { group, perUser, differences }: UserData,
  groups: number,
  rows: ArrayLike<number>,
  margin: (row: number, index: number) => number,
): number {
  let right = 0
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!
    const wanted = differences[row * groups + group[Math.floor(row / perUser)]!]!
    const found = margin(row, index) * Math.sign(wanted)
    right += found > 0 ? 1 : found === 0 ? 0.5 : 0
  }
  return right / rows.length
}

/**
 * The same for somebody who knows every group's utility and weighs the groups by what the first `seen` pairs of each
 * user say about them: no model of the same contexts is better on average.
 */
export function informedAgreement(data: UserData, groups: number, seen: number): number {
  const weights = rowsOfUsers(data, 0, seen).map((rows) => {
    const margins = Array.from(rows).flatMap((row) =>
      Array.from(data.differences.subarray(row * groups, (row + 1) * groups), (gap) => RATIONALITY * gap),
    )
    return hedgeWeights(margins, groups).weights.slice(-groups)
  })
  const rows = rowsOfUsers(data, seen, data.perUser).flatMap((own) => Array.from(own))
  return agreement(data, groups, rows, (row) =>
    weights[Math.floor(row / data.perUser)]!.reduce(
      (lean, weight, group) => lean + weight * Math.sign(data.differences[row * groups + group]!),
      0,
    ),
  )
}
