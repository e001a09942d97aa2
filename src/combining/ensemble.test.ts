import { describe, expect, test } from 'vitest'
import { ensemble } from './ensemble.ts'
import { combine, combineColumn } from './named-lists.contract.ts'

describe('ensemble', () => {
  const columns = { a: [1, 2, null], b: [3, 2, 5], c: [8, 2, 7] }
  const of = ['a', 'b', 'c']

  test('a member with another offset decides the raw minimum, and not the standardised one', () => {
    const scores = { a: [100, 104], b: [3, 1] }
    const reference = { a: { mean: 102, standardDeviation: 2 }, b: { mean: 2, standardDeviation: 1 } }
    const raw = { of: ['a', 'b'], aggregate: 'min' }
    expect(combine(ensemble, raw, scores)).toEqual([3, 1])
    expect(combine(ensemble, { ...raw, reference }, scores)).toEqual([-1, -1])
  })

  test('missing members make a row invalid, or are left out', () => {
    expect(combine(ensemble, { of, aggregate: 'median' }, columns)).toEqual([3, 2, null])
    expect(combine(ensemble, { of, aggregate: 'median', missing: 'skip' }, columns)).toEqual([3, 2, 6])
    const column = combineColumn(ensemble, { of }, { columns })
    expect(column.reasons?.[2]).toMatch(/^a: /)
  })

  test('the weight of an absent member goes to the others', () => {
    const weighted = { of, aggregate: 'weighted', weights: { a: 2, b: 1, c: 1 }, missing: 'skip' }
    expect(combine(ensemble, weighted, columns)).toEqual([13, 8, 24])
    const only = { of: ['a', 'b'], aggregate: 'weighted', weights: { a: 1 }, missing: 'skip' }
    expect(combine(ensemble, only, columns)).toEqual([1, 2, null])
  })
})
