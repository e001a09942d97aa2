import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rank } from './rank.ts'
import { checkShaping, shape } from './shaping.contract.ts'

checkShaping(rank)

const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 30 })
const run = (column: number[], parameters = {}) => shape(rank, parameters, { column }) as number[]

test('any increasing transform gives the same ranks; the mean is the middle', () => {
  fc.assert(
    fc.property(values, (column) => {
      const plain = run(column)
      expect(run(column.map((value) => value ** 3 + Math.exp(value / 10)))).toEqual(plain)
      expect(plain.reduce((sum, value) => sum + value, 0) / column.length).toBeCloseTo(0.5, 12)
    }),
  )
})

test('the order of values is kept, ties share, negation mirrors', () => {
  fc.assert(
    fc.property(values, (column) => {
      const plain = run(column)
      const mirrored = run(
        column.map((value) => -value),
        { low: 1, high: 0 },
      )
      column.forEach((value, row) => {
        expect(mirrored[row]).toBeCloseTo(plain[row]!, 12)
        column.forEach((other, second) => {
          if (value === other) expect(plain[row]).toBe(plain[second])
          else expect(plain[row]! < plain[second]!).toBe(value < other)
        })
      })
    }),
  )
})
