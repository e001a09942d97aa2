import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kimiLength, kimiLengthRewards } from './kimi-length.ts'
import { checkShaping, shape } from './shaping.contract.ts'

checkShaping(kimiLength)

test('scaling and shifting the lengths of a group changes nothing; wrong rows never gain', () => {
  const row = fc.record({ length: fc.nat({ max: 5000 }), correct: fc.constantFrom(0, 1) })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1 }), fc.integer({ min: 1, max: 8 }), (rows, scale) => {
      const groups = { count: 1, of: new Int32Array(rows.length) }
      const correct = Uint8Array.from(rows, (entry) => entry.correct)
      const run = (change: (length: number) => number) =>
        kimiLengthRewards(
          Float64Array.from(rows, (entry) => change(entry.length)),
          correct,
          new Uint8Array(rows.length).fill(1),
          groups,
        )
      const plain = run((length) => length)
      expect(run((length) => scale * length + 17)).toEqual(plain)
      plain.forEach((reward, index) => {
        expect(Math.abs(reward)).toBeLessThanOrEqual(0.5)
        if (correct[index] === 0) expect(reward).toBeLessThanOrEqual(0)
      })
    }),
  )
})

test('groups are compared inside themselves, the batch as one list', () => {
  const input = {
    column: [1, 1, 1, 1],
    groups: ['a', 'a', 'b', 'b'],
    inputs: { length: [0, 10, 90, 100] },
  }
  expect(shape(kimiLength, { mode: 'replace' }, input)).toEqual([0.5, -0.5, 0.5, -0.5])
  expect(shape(kimiLength, {}, input)).toEqual([1.5, 0.5, 1.5, 0.5])
  expect(shape(kimiLength, { mode: 'replace', within: 'batch' }, input)).toEqual([
    0.5,
    0.4,
    expect.closeTo(-0.4, 15),
    -0.5,
  ])
})
