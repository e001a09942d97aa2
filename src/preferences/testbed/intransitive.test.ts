import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GuerdonError } from '../../records/error.ts'
import { cycleEntry, cycleMatrix, cyclicShare, preferenceLogits } from './intransitive.ts'

test('the cycle is skew-symmetric, and every style beats as many as beat it', () => {
  for (const styles of [2, 3, 4, 5, 8]) {
    const matrix = cycleMatrix(styles)
    for (let p = 0; p < styles; p++) {
      let sum = 0
      for (let q = 0; q < styles; q++) {
        expect(matrix[p * styles + q]! + matrix[q * styles + p]!).toBe(0)
        sum += matrix[p * styles + q]!
      }
      expect(sum).toBe(0)
    }
  }
  expect(cycleEntry(0, 2, 4)).toBe(0)
})

test('utilities alone are not cyclic, a cycle alone is nothing else, and a mixture lies between', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 }),
      fc.double({ min: 0.1, max: 3, noNaN: true }),
      (utilities, intransitivity) => {
        const share = (kappa: number, u: readonly number[]): number =>
          cyclicShare(preferenceLogits(u, [0, 1, 2], { styles: 3, intransitivity: kappa })).share
        expect(share(0, utilities)).toBeCloseTo(0, 12)
        expect(share(intransitivity, [0, 0, 0])).toBeCloseTo(1, 12)
        const mixed = share(intransitivity, utilities)
        expect(mixed).toBeGreaterThan(0)
        expect(mixed).toBeLessThanOrEqual(1 + 1e-12)
      },
    ),
  )
})

test('the potential of a transitive matrix is its utilities, centred', () => {
  const logits = preferenceLogits([3, 0, 0], [0, 0, 0], { styles: 3, intransitivity: 2 })
  const { potential } = cyclicShare(logits)
  for (const [item, expected] of [2, -1, -1].entries()) expect(potential[item]).toBeCloseTo(expected, 12)
})

test('what is no preference matrix is refused', () => {
  expect(() => cyclicShare(Float64Array.of(0, 1, 1, 0))).toThrow(GuerdonError)
  expect(() => cyclicShare(Float64Array.of(0, 1, -1))).toThrow(GuerdonError)
  expect(() => preferenceLogits([1], [], { styles: 3, intransitivity: 1 })).toThrow(GuerdonError)
})
