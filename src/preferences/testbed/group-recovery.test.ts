import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import { adjustedRandIndex, permutedAccuracy } from './group-recovery.ts'

const partition = fc.array(fc.nat(3), { minLength: 8, maxLength: 8 })

test('renaming groups on either side changes nothing, and the same partition is perfect', () => {
  fc.assert(
    fc.property(partition, partition, (found, truth) => {
      const renamed = found.map((group) => 10 - group)
      expect(adjustedRandIndex(renamed, truth)).toBeCloseTo(adjustedRandIndex(found, truth), 12)
      expect(adjustedRandIndex(truth, found)).toBeCloseTo(adjustedRandIndex(found, truth), 12)
      expect(permutedAccuracy(renamed, truth)).toBe(permutedAccuracy(found, truth))
      expect(adjustedRandIndex(truth, truth)).toBe(1)
      expect(permutedAccuracy(truth, truth)).toBe(1)
    }),
  )
})

test('the best renaming is the best of all', () => {
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]
  const three = fc.array(fc.nat(2), { minLength: 9, maxLength: 9 })
  fc.assert(
    fc.property(three, three, (found, truth) => {
      const shares = orders.map(
        (order) => found.filter((group, user) => order[group] === truth[user]).length / found.length,
      )
      expect(permutedAccuracy(found, truth)).toBeCloseTo(Math.max(...shares), 12)
    }),
  )
})

test('groups drawn by chance agree by chance', () => {
  const stream = new RandomStream(1)
  const draw = () => Array.from({ length: 4000 }, () => stream.below(3))
  expect(Math.abs(adjustedRandIndex(draw(), draw()))).toBeLessThan(0.01)
})

test('a known value: five users, one of them in the wrong group', () => {
  // Together in both: 1 + 1 pairs; 4 in rows, 4 in columns, 10 in all: (2 − 1.6)/(4 − 1.6).
  expect(adjustedRandIndex([0, 0, 0, 1, 1], [0, 0, 1, 1, 1])).toBeCloseTo(0.4 / 2.4, 12)
  expect(() => adjustedRandIndex([], [])).toThrow(GuerdonError)
  expect(() => permutedAccuracy([1], [1, 2])).toThrow(GuerdonError)
})
