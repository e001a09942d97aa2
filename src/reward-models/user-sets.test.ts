import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pairsOfFeatures } from './encoded-pairs.ts'
import { rowsByUser, userSets } from './user-sets.ts'

/** Pairs of users with the given numbers of pairs, one user after another. */
function pairsOf(counts: readonly number[]) {
  const codes = Int32Array.from(counts.flatMap((count, user) => new Array<number>(count).fill(user)))
  const features = new Float64Array(codes.length)
  return pairsOfFeatures(features, features, 1, {
    users: { codes, names: counts.map((_, user) => `user ${user}`) },
  })
}

test('a set is of one user, its places hold different pairs, and no target is in the context', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 4 }),
      fc.nat(),
      (counts, context, targets, seed) => {
        fc.pre(targets === 0 || counts.some((count) => count > 1))
        const pairs = pairsOf(counts)
        const drawn = userSets(pairs, { context, fewest: 1, targets, sets: 4, seed })
        for (const step of [1, 2, 7]) {
          const batch = drawn.at(step)
          expect(batch.rows.length).toBe(4 * (context + targets))
          for (let set = 0; set < 4; set++) {
            const rows = batch.rows.subarray(set * (context + targets), (set + 1) * (context + targets))
            expect(new Set(Array.from(rows, (row) => pairs.users.codes[row])).size).toBe(1)
            const there = [
              ...Array.from(rows.subarray(0, context)).filter(
                (_, place) => batch.context[set * context + place] === 1,
              ),
              ...Array.from(rows.subarray(context)).filter(
                (_, place) => batch.targets[set * targets + place] === 1,
              ),
            ]
            expect(new Set(there).size).toBe(there.length)
            expect(there.length).toBeGreaterThanOrEqual(targets > 0 ? 2 : 1)
          }
        }
      },
    ),
  )
})

test('an epoch has each user as often as their pairs fill sets, and a step is the same whenever it is asked for', () => {
  const pairs = pairsOf([8, 3, 8, 20])
  const options = { context: 4, fewest: 2, targets: 4, sets: 1, seed: 5 }
  const drawn = userSets(pairs, options)
  expect(drawn.stepsPerEpoch).toBe(6)
  const users = Array.from({ length: 6 }, (_, step) => pairs.users.codes[drawn.at(step + 1).rows[0]!]!)
  expect(users.sort()).toEqual([0, 1, 2, 3, 3, 3])
  expect(userSets(pairs, options).at(5)).toEqual(drawn.at(5))
  expect(userSets(pairs, { ...options, seed: 6 }).at(5)).not.toEqual(drawn.at(5))
})

test('every pair needs its user, and some user two pairs', () => {
  const pairs = pairsOf([1, 1])
  expect(Array.from(rowsByUser(pairs), (rows) => Array.from(rows))).toEqual([[0], [1]])
  expect(Array.from(rowsByUser({ ...pairs, tie: Uint8Array.of(1, 0) })[0]!)).toEqual([])
  const options = { context: 2, fewest: 1, targets: 1, sets: 1, seed: 1 }
  expect(() => userSets(pairs, options)).toThrow(/enough pairs/)
  const without = { ...pairs, users: { codes: Int32Array.of(0, -1), names: ['one'] } }
  expect(() => userSets(without, options)).toThrow(/1 of 2 pairs/)
})
