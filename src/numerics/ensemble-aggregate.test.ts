import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GuerdonError } from '../records/error.ts'
import { AGGREGATES, aggregateEnsemble } from './ensemble-aggregate.ts'

const score = fc.double({ min: -100, max: 100, noNaN: true })
const members = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }))
  .chain(([count, items]) =>
    fc.array(
      fc.array(score, { minLength: items, maxLength: items }).map((list) => Float64Array.from(list)),
      { minLength: count, maxLength: count },
    ),
  )

test('no order of members matters, equal members are themselves, and the spread only takes away', () => {
  fc.assert(
    fc.property(members, fc.constantFrom(...AGGREGATES), (scores, aggregate) => {
      const before = structuredClone(scores)
      const joined = aggregateEnsemble(scores, { aggregate })
      expect(scores).toEqual(before)
      const turned = aggregateEnsemble([...scores].reverse(), { aggregate })
      const copies = aggregateEnsemble([scores[0]!, scores[0]!, scores[0]!], { aggregate })
      const mean = aggregateEnsemble(scores, { aggregate: 'mean' })
      for (let item = 0; item < joined.length; item++) {
        expect(turned[item]).toBeCloseTo(joined[item]!, 9)
        expect(copies[item]).toBeCloseTo(scores[0]![item]!, 9)
        if (aggregate.startsWith('mean-minus') || aggregate === 'min')
          expect(joined[item]).toBeLessThanOrEqual(mean[item]! + 1e-9)
      }
    }),
  )
})

test('the variance of one member is 0 whatever its divisor, and UWO takes off the variance', () => {
  const one = [Float64Array.of(3)]
  expect(aggregateEnsemble(one, { aggregate: 'mean-minus-variance', variance: 'unbiased' })[0]).toBe(3)
  const two = [Float64Array.of(0), Float64Array.of(4)]
  const options = { aggregate: 'mean-minus-variance', coefficient: 0.5 } as const
  expect(aggregateEnsemble(two, options)[0]).toBe(0)
  expect(aggregateEnsemble(two, { ...options, variance: 'unbiased' })[0]).toBe(-2)
  expect(aggregateEnsemble(two, { ...options, aggregate: 'mean-minus-std' })[0]).toBe(1)
})

test('no members, unequal lists and other weights are refused', () => {
  expect(() => aggregateEnsemble([], { aggregate: 'mean' })).toThrow(GuerdonError)
  expect(() => aggregateEnsemble([new Float64Array(1), new Float64Array(2)], { aggregate: 'mean' })).toThrow(
    GuerdonError,
  )
  expect(() => aggregateEnsemble([new Float64Array(1)], { aggregate: 'weighted', weights: [1, 2] })).toThrow(
    GuerdonError,
  )
})
