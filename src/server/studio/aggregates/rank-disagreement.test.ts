import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spearman } from '../../../numerics/rank-correlation.ts'
import { DisagreementFinder } from './rank-disagreement.ts'

const everyone = (size: number) => Int32Array.from({ length: size }, (_, row) => row)

test('the pair that orders the group most differently', () => {
  const correct = Float64Array.of(1, 1, 0, 0)
  const boxed = Float64Array.of(1, 1, 1, 0)
  const short = Float64Array.of(1, 2, 3, 4)
  const found = new DisagreementFinder([correct, boxed, short]).of(everyone(4), 0, 4)!
  expect([found.a, found.b]).toEqual([0, 2])
  expect(found.rankCorrelation).toBeCloseTo(spearman(correct, short), 14)
})

test('fewer than two columns that differ have nothing to disagree about', () => {
  const finder = new DisagreementFinder([
    Float64Array.of(1, 1),
    Float64Array.of(0, 1),
    Float64Array.of(2, Number.NaN),
  ])
  expect(finder.of(everyone(2), 0, 2)).toBeUndefined()
})

test('agrees with Spearman’s ρ of every pair', () => {
  const list = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })),
    {
      minLength: 2,
      maxLength: 12,
    },
  )
  fc.assert(
    fc.property(list, (rows) => {
      const columns = [0, 1, 2].map((column) => Float64Array.from(rows, (row) => row[column]!))
      const pairs = [
        spearman(columns[0]!, columns[1]!),
        spearman(columns[0]!, columns[2]!),
        spearman(columns[1]!, columns[2]!),
      ]
      const known = pairs.filter((pair) => !Number.isNaN(pair))
      const found = new DisagreementFinder(columns).of(everyone(rows.length), 0, rows.length)
      if (known.length === 0) expect(found).toBeUndefined()
      else expect(found!.rankCorrelation).toBeCloseTo(Math.min(...known), 12)
    }),
  )
})
