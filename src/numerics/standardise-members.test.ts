import { expect, test } from 'vitest'
import { GuerdonError } from '../records/error.ts'
import { referenceMoments, standardise, standardiseMembers } from './standardise-members.ts'

test('a member standardised on its own reference set has mean 0 and deviation 1', () => {
  const reference = Float64Array.of(4, -1, 9, 0.5)
  const [scores] = standardiseMembers([reference], [referenceMoments(reference)])
  const moments = referenceMoments(scores!)
  expect(moments.mean).toBeCloseTo(0, 14)
  expect(moments.standardDeviation).toBeCloseTo(1, 14)
})

test('a member without spread is only centred, and an empty reference set is refused', () => {
  expect(standardise(3, referenceMoments([2, 2]))).toBe(1)
  expect(() => referenceMoments([])).toThrow(GuerdonError)
})
