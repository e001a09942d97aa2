import fc from 'fast-check'
import { expect, it } from 'vitest'
import { betaColumns } from './beta-columns.ts'

it('gives factors from which β follows, never below β itself and never above (1 + w)·β', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -1e3, max: 1e3 })),
      fc.double({ noNaN: true, min: 0, max: 10 }),
      fc.double({ noNaN: true, min: 0.01, max: 5 }),
      (margins, growth, rate) => {
        const { beta, factor } = betaColumns(margins, { beta: 0.2, growth, rate })
        margins.forEach((margin, pair) => {
          expect(beta[pair]).toBeCloseTo(0.2 * (1 + growth * factor[pair]!), 12)
          expect(factor[pair]! >= 0 && factor[pair]! <= 1).toBe(true)
          if (margin <= 0) expect(beta[pair]).toBe(0.2)
        })
      },
    ),
  )
})

it('grows with the margin and refuses what is no number', () => {
  const { beta } = betaColumns([-3, 0, 1, 2, 50])
  expect(beta[1]).toBe(beta[0])
  for (const pair of [2, 3, 4]) expect(beta[pair]).toBeGreaterThan(beta[pair - 1]!)
  expect(() => betaColumns([Number.NaN])).toThrow('no number')
})
