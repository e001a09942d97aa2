import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { combine, combineColumn } from './named-lists.contract.ts'
import { aggregateSteps, processAggregate } from './process-aggregate.ts'

describe('process-aggregate', () => {
  test('product ≤ minimum ≤ geometric mean ≤ mean, and equal steps are themselves', () => {
    const p = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 8 }), (list) => {
        const steps = Float64Array.from(list)
        const of = (aggregate: Parameters<typeof aggregateSteps>[3]) =>
          aggregateSteps(steps, 0, steps.length, aggregate)
        expect(of('product')).toBeLessThanOrEqual(of('min') + 1e-12)
        expect(of('min')).toBeLessThanOrEqual(of('geometric-mean') + 1e-9)
        expect(of('geometric-mean')).toBeLessThanOrEqual(of('mean') + 1e-9)
        expect(of('last')).toBe(list.at(-1))
        expect(aggregateSteps(new Float64Array(3).fill(list[0]!), 0, 3, 'geometric-mean')).toBeCloseTo(
          list[0]!,
          12,
        )
      }),
    )
  })

  test('a certain step has no finite logit, and says so', () => {
    const parameters = { of: 'steps', aggregate: 'sum-logit' }
    expect(combine(processAggregate, parameters, { steps: [[0.5, 0.5], [1]] })).toEqual([0, null])
    const column = combineColumn(processAggregate, { of: 'steps' }, { columns: { steps: [[0.5], [-1]] } })
    expect(column.reasons?.[1]).toBe('steps: -1 is no probability')
  })
})
