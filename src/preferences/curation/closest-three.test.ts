import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closestThree } from './closest-three.ts'

test('no other three lie closer, in any order of the annotations', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 6 }), (annotations) => {
      const { spread, strength, mean, keep } = closestThree(annotations)
      for (let a = 0; a < annotations.length; a++)
        for (let b = a + 1; b < annotations.length; b++)
          for (let c = b + 1; c < annotations.length; c++) {
            const three = [annotations[a]!, annotations[b]!, annotations[c]!]
            expect(Math.max(...three) - Math.min(...three)).toBeGreaterThanOrEqual(spread)
          }
      expect(Math.abs(strength - mean)).toBeLessThanOrEqual(0.5)
      expect(keep).toBe(spread <= 2 && strength !== 0)
      expect(closestThree([...annotations].reverse())).toEqual(closestThree(annotations))
      expect(closestThree(annotations.map((label) => -label)).spread).toBe(spread)
    }),
  )
})

test('needs three finite numbers', () => {
  expect(() => closestThree([1, 2])).toThrow('at least three')
  expect(() => closestThree([1, 2, Number.NaN])).toThrow('finite')
})
