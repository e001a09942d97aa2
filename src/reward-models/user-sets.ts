/**
 * Pairs in sets, each of one user: what a model of users trains on. A set has pairs that tell about the user (its
 * context) and others that the user's reward must explain (its targets).
 */
import { RandomStream } from '../numerics/random.ts'
import { GuerdonError } from '../records/error.ts'
import type { EncodedPairs } from './encoded-pairs.ts'

export interface UserSetOptions {
  /** C ≥ 1: places for pairs of the context */
  readonly context: number
  /** smallest context that is drawn; the largest is C, or what the user has */
  readonly fewest: number
  /** T: places for targets; 0: the context's own pairs are the targets */
  readonly targets: number
  /** sets a step */
  readonly sets: number
  readonly seed: number
}

export interface UserSetBatch {
  /** [sets · (C + T)]: context, then targets; a place without a pair repeats one of the set's own */
  readonly rows: Int32Array
  /** [sets · C], 1 where there is a pair */
  readonly context: Float32Array
  /** [sets · T] */
  readonly targets: Float32Array
}

export interface UserSets {
  readonly stepsPerEpoch: number
  /** of a step, counted from 1; the same for the same seed and step */
  at(step: number): UserSetBatch
}

/**
 * Rows of each user, in the order of the pairs; ties say nothing about a user here and are left out.
 * @throws GuerdonError DATA_FIELD_MISSING when a pair names no user
 */
export function rowsByUser({ users, count, tie }: EncodedPairs): readonly Int32Array[] {
  const rows: number[][] = users.names.map(() => [])
  let without = 0
  for (let row = 0; row < count; row++) {
    const user = users.codes[row]!
    if (user < 0) without++
    else if (tie[row] !== 1) rows[user]!.push(row)
  }
  if (without > 0)
    throw new GuerdonError(
      'DATA_FIELD_MISSING',
      `${without} of ${count} pairs do not say whose preference they are`,
      { where: { field: 'user' }, expected: 'the user of every pair, for a recipe that learns users' },
    )
  return rows.map((own) => Int32Array.from(own))
}

/**
 * Sets of an epoch: each user has as many as their pairs fill, at least one, in a random order; the last batch is
 * filled up from the next epoch. Which pairs a set has is drawn anew each time. With targets, users with one pair
 * are left out, and a user with fewer than C + T pairs gives at most half of them as targets.
 *
 * @throws GuerdonError DATA_EMPTY when no user has enough pairs; DATA_FIELD_MISSING when a pair names no user
 */
export function userSets(pairs: EncodedPairs, options: UserSetOptions): UserSets {
  const { context, fewest, targets, sets, seed } = options
  const width = context + targets
  const rows = rowsByUser(pairs)
  const least = targets > 0 ? 2 : 1
  const slots: number[] = []
  rows.forEach((own, user) => {
    if (own.length < least) return
    for (let slot = 0; slot < Math.ceil(own.length / width); slot++) slots.push(user)
  })
  if (slots.length === 0)
    throw new GuerdonError('DATA_EMPTY', 'no user has enough pairs to learn from', {
      expected: `at least ${least} pairs of one user`,
    })
  const root = new RandomStream(seed).derive('user sets')
  let epoch = -1
  let order: readonly number[] = []
  const userAt = (place: number): number => {
    const wanted = Math.floor(place / slots.length)
    if (wanted !== epoch) {
      epoch = wanted
      order = root.derive(`epoch ${epoch}`).shuffle(slots.slice())
    }
    return order[place % slots.length]!
  }
  let last: { readonly step: number; readonly batch: UserSetBatch } | undefined
  return {
    stepsPerEpoch: Math.max(1, Math.floor(slots.length / sets)),
    at(step) {
      if (last?.step === step) return last.batch
      const stream = root.derive(`step ${step}`)
      const batch = {
        rows: new Int32Array(sets * width),
        context: new Float32Array(sets * context),
        targets: new Float32Array(sets * targets),
      }
      for (let set = 0; set < sets; set++) {
        const own = rows[userAt((step - 1) * sets + set)]!
        const asked = Math.min(targets, Math.floor(own.length / 2))
        const most = Math.min(context, own.length - asked)
        const lowest = Math.min(fewest, most)
        const seen = lowest + stream.below(most - lowest + 1)
        const drawn = firstOfShuffle(stream, own, seen + asked)
        const at = set * width
        for (let place = 0; place < context; place++)
          batch.rows[at + place] = drawn[place < seen ? place : place % seen]!
        for (let place = 0; place < targets; place++)
          batch.rows[at + context + place] = drawn[seen + (place % asked)]!
        batch.context.fill(1, set * context, set * context + seen)
        batch.targets.fill(1, set * targets, set * targets + asked)
      }
      last = { step, batch }
      return batch
    },
  }
}

/** The first entries of a random permutation, without making the whole. */
function firstOfShuffle(stream: RandomStream, values: Int32Array, count: number): Int32Array {
  const own = values.slice()
  for (let place = 0; place < count; place++) {
    const other = place + stream.below(own.length - place)
    const kept = own[place]!
    own[place] = own[other]!
    own[other] = kept
  }
  return own.subarray(0, count)
}
