import fc from 'fast-check'
import { expect, test } from 'vitest'
import { difficultyLimits, difficultyTiers, passRates } from './difficulty-tiers.ts'
import { checkShaping, shape } from './shaping.contract.ts'

checkShaping(difficultyTiers)

test('a pass rate on a threshold belongs to the easier tier', () => {
  const rates = Float64Array.of(0, 0.25, 0.4999, 0.5, 0.75, 1, Number.NaN)
  expect(Array.from(difficultyLimits(rates, [0.25, 0.75], [6000, 4000, 2000]))).toEqual([
    6000,
    4000,
    4000,
    4000,
    2000,
    2000,
    Number.NaN,
  ])
})

test('with falling limits, a better group never gets a longer one', () => {
  const rates = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 })
  fc.assert(
    fc.property(rates, (list) => {
      const sorted = Float64Array.from(list).sort()
      const limits = difficultyLimits(sorted, [0.2, 0.5, 0.8], [4, 3, 2, 1])
      for (let group = 1; group < limits.length; group++)
        expect(limits[group]).toBeLessThanOrEqual(limits[group - 1]!)
    }),
  )
})

test('pass rates count valid rows only', () => {
  const groups = { count: 3, of: Int32Array.of(0, 0, 0, 1) }
  const rates = passRates(Uint8Array.of(1, 0, 1, 1), Uint8Array.of(1, 1, 0, 1), groups)
  expect(Array.from(rates)).toEqual([0.5, 1, Number.NaN])
})

test('a correct but overlong completion passes only when judged at any length', () => {
  const input = { column: [1, 1, 1], inputs: { length: [9000, 3000, 9000] } }
  expect(shape(difficultyTiers, {}, input)).toEqual([0, 1, 0])
  expect(shape(difficultyTiers, { judgedAt: 'any-length' }, input)).toEqual([0, 0, 0])
})

test('tiers that do not fit are refused', () => {
  expect(() => difficultyLimits(Float64Array.of(1), [0.5], [1])).toThrow(/2 limits/)
  expect(() => difficultyLimits(Float64Array.of(1), [0.5, 0.5], [3, 2, 1])).toThrow(/do not rise/)
})
