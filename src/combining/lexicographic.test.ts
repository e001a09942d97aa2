import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lexicographic } from './lexicographic.ts'
import { combine, combineColumn } from './named-lists.contract.ts'

const number = fc.double({ min: -5, max: 5, noNaN: true })
const parameters = {
  gates: [
    { column: 'safe', atLeast: 0, otherwise: -20 },
    { column: 'format', atLeast: 0, otherwise: -10 },
  ],
  value: 'helpful',
}

describe('lexicographic', () => {
  test('an earlier gate always outranks what comes later', () => {
    const row = fc.record({ safe: number, format: number, helpful: number })
    fc.assert(
      fc.property(row, row, (left, right) => {
        const columns = {
          safe: [left.safe, right.safe],
          format: [left.format, right.format],
          helpful: [left.helpful, right.helpful],
        }
        const [first, second] = combine(lexicographic, parameters, columns) as number[]
        const passed = (one: typeof left) => (one.safe < 0 ? 0 : one.format < 0 ? 1 : 2)
        if (passed(left) > passed(right)) expect(first).toBeGreaterThan(second!)
        if (passed(left) === 2 && passed(right) === 2)
          expect(first! - second!).toBe(left.helpful - right.helpful)
      }),
    )
  })

  test('a failed gate without a reward of its own gives the value that failed', () => {
    const gates = [{ column: 'safe', atLeast: 1 }]
    expect(combine(lexicographic, { gates, value: 'helpful' }, { safe: [0.25], helpful: [9] })).toEqual([
      0.25,
    ])
  })

  test('only what decides must be valid', () => {
    const columns = { safe: [-1, 1], format: [null, null], helpful: [null, 3] }
    expect(combine(lexicographic, parameters, columns)).toEqual([-20, null])
    expect(combineColumn(lexicographic, parameters, { columns }).reasons?.[1]).toBe('format: no value')
  })
})
