import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnOf } from '../records/column.ts'
import { cosineLength, cosineLengthRewards } from './cosine-length.ts'
import { applyShaping, checkShaping, shape } from './shaping.contract.ts'

checkShaping(cosineLength)

const levels = { maximum: 100, minWrong: -1, maxWrong: -0.5, minCorrect: 0.5, maxCorrect: 1 }

test('right falls and wrong rises with length, never beyond the four levels', () => {
  fc.assert(
    fc.property(fc.nat({ max: 300 }), fc.nat({ max: 50 }), (length, more) => {
      const run = (right: number) =>
        cosineLengthRewards(Float64Array.of(length, length + more), Uint8Array.of(right, right), {
          ...levels,
          clamped: true,
        })
      const right = run(1)
      const wrong = run(0)
      expect(right[1]).toBeLessThanOrEqual(right[0]!)
      expect(wrong[1]).toBeGreaterThanOrEqual(wrong[0]!)
      expect(right[1]).toBeGreaterThanOrEqual(0.5)
      expect(wrong[1]).toBeLessThanOrEqual(-0.5)
    }),
  )
})

test('a third of the way: cos 60° = ½', () => {
  expect(shape(cosineLength, { maximum: 3 }, { column: [1, 0], inputs: { length: [1, 1] } })).toEqual([
    expect.closeTo(0.875, 14),
    expect.closeTo(-0.875, 14),
  ])
})

test('open-r1 counts characters and correctness may come from another column', () => {
  const parameters = { dialect: 'open-r1', correct: 'answer' }
  const sources = cosineLength.inputs?.({
    ...levels,
    correctAt: 0.5,
    dialect: 'open-r1',
    correct: 'answer',
  } as never)
  expect(sources).toEqual({
    length: { from: 'length', unit: 'characters' },
    correct: { from: 'column', column: 'answer' },
  })
  const { column } = applyShaping(cosineLength, parameters, columnOf([0, 0, 0]), {
    inputs: { length: columnOf([0, 0, 0]), correct: columnOf([1, 0, null], 'gold unparsable') },
  })
  expect(Array.from(column.values)).toEqual([1, -1, 0])
  expect(column.reasons?.[2]).toBe('gold unparsable')
})
