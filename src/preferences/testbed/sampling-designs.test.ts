import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import { hardPairs, highestScored, splitByKey } from './sampling-designs.ts'

test('hard pairs are those with the smallest differences', () => {
  const pairs = { utilityA: Float64Array.of(3, 0, 1, 9), utilityB: Float64Array.of(0, 1, 1, 0) }
  expect([...hardPairs(pairs, 0.5)]).toEqual([1, 2])
  expect(hardPairs(pairs, 1)).toHaveLength(4)
  expect(() => hardPairs(pairs, 0)).toThrow(GuerdonError)
})

test('the highest scores are kept, the earlier of equals', () => {
  expect([...highestScored([1, 3, 3, 2], 2)]).toEqual([1, 2])
  expect(() => highestScored([1, Number.NaN], 1)).toThrow(GuerdonError)
  expect(() => highestScored([1], 2)).toThrow(GuerdonError)
})

test('no key is in two parts, and every part gets a key while there are enough', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(9), { minLength: 1 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      fc.nat(),
      (keys, shares, seed) => {
        const parts = splitByKey(new RandomStream(seed), keys, shares)
        const partOf = new Map<number, number>()
        for (const [row, key] of keys.entries()) {
          expect(partOf.get(key) ?? parts[row]).toBe(parts[row])
          partOf.set(key, parts[row]!)
        }
        if (partOf.size >= shares.length) expect(new Set(parts).size).toBe(shares.length)
      },
    ),
  )
  const keys = Array.from({ length: 1000 }, (_, row) => row)
  const parts = splitByKey(new RandomStream(1), keys, [8, 1, 1])
  expect(parts.filter((part) => part === 0)).toHaveLength(800)
  expect(parts.filter((part) => part === 2)).toHaveLength(100)
  expect(() => splitByKey(new RandomStream(1), keys, [1, 0])).toThrow(GuerdonError)
})
