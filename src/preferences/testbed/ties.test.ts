import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'
import { davidsonTies, raoKupperTies } from './ties.ts'

const difference = fc.double({ min: -2000, max: 2000, noNaN: true })

test.each([
  ['Davidson', davidsonTies],
  ['Rao and Kupper', raoKupperTies],
])('%s: three probabilities sum to 1, swapping swaps them, no ties is Bradley–Terry', (_, model) => {
  fc.assert(
    fc.property(difference, fc.double({ min: 0, max: 400, noNaN: true }), (delta, parameter) => {
      const { a, b, tie } = model([delta], parameter)
      expect(a[0]! + b[0]! + tie[0]!).toBeCloseTo(1, 12)
      for (const p of [a, b, tie]) {
        expect(p[0]).toBeGreaterThanOrEqual(0)
        expect(p[0]).toBeLessThanOrEqual(1)
      }
      expect(model([-delta], parameter).a[0]).toBe(b[0])
      expect(model([delta], 0).a[0]).toBeCloseTo(sigmoid(delta), 12)
    }),
  )
  expect(() => model([0], -1)).toThrow(GuerdonError)
})
