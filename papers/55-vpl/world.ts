/** Users with sets of labelled pairs: points in a square that are good near a goal, and vectors that four groups rate. */
import type { RandomStream } from '../../src/numerics/random.ts'
import { sigmoid } from '../../src/numerics/sigmoid.ts'
import { type EncodedPairs, pairsOfFeatures } from '../../src/reward-models/encoded-pairs.ts'

const RATIONALITY = 4
export const POINT_WIDTH = 2
export const VECTOR_WIDTH = 8

const GOALS = [
  [0.8, 0.8],
  [-0.8, 0.8],
] as const

export interface UserSets {
  readonly pairs: EncodedPairs
  /** of each user, for evaluation only */
  readonly group: Int32Array
}

interface World {
  readonly width: number
  readonly groups: number
  readonly item: (stream: RandomStream) => Float64Array
  readonly utility: (item: Float64Array, group: number) => number
  /** pairs on which all groups agree are drawn again */
  readonly controversialOnly: boolean
}

/** u = −‖x − goal‖; identical users share the first goal. */
export const points = (identical: boolean): World => ({
  width: POINT_WIDTH,
  groups: 2,
  item: (stream) => Float64Array.of(2 * stream.uniform() - 1, 2 * stream.uniform() - 1),
  utility(x, group) {
    const [a, b] = GOALS[identical ? 0 : group]!
    return -Math.hypot(x[0]! - a!, x[1]! - b!)
  },
  controversialOnly: false,
})

/** Four groups, each looks at one of the first four of eight columns; the utility of a difference has deviation 1. */
export const vectors: World = {
  width: VECTOR_WIDTH,
  groups: 4,
  item: (stream) => Float64Array.from({ length: VECTOR_WIDTH }, () => stream.normal()),
  utility: (x, group) => x[group]! / Math.SQRT2,
  controversialOnly: true,
}

/** `each` labels of so many users, user after user: Bernoulli(σ(β·Δu)) with β = 4, or the noise-free preference. */
export function drawUsers(
  stream: RandomStream,
  world: World,
  users: number,
  each: number,
  { truth = false, groups }: { readonly truth?: boolean; readonly groups?: Int32Array } = {},
): UserSets {
  const { width } = world
  const group = groups ?? Int32Array.from({ length: users }, () => stream.below(world.groups))
  const chosen = new Float64Array(users * each * width)
  const rejected = new Float64Array(users * each * width)
  const codes = new Int32Array(users * each)
  for (let row = 0; row < users * each; row++) {
    const user = Math.floor(row / each)
    codes[row] = user
    let a: Float64Array
    let b: Float64Array
    let controversial: boolean
    do {
      a = world.item(stream)
      b = world.item(stream)
      const signs = Array.from({ length: world.groups }, (_, own) =>
        Math.sign(world.utility(a, own) - world.utility(b, own)),
      )
      controversial = signs.some((sign) => sign !== signs[0])
    } while (world.controversialOnly && !controversial)
    const gap = world.utility(a, group[user]!) - world.utility(b, group[user]!)
    const first = truth ? gap > 0 : stream.uniform() < sigmoid(RATIONALITY * gap)
    chosen.set(first ? a : b, row * width)
    rejected.set(first ? b : a, row * width)
  }
  const names = Array.from({ length: users }, (_, user) => `user ${user}`)
  return { pairs: pairsOfFeatures(chosen, rejected, width, { users: { codes, names } }), group }
}
