import fc from 'fast-check'
import { describe, test } from 'vitest'
import { combineColumn, expectClose } from './named-lists.contract.ts'
import { zAverage } from './z-average.ts'

const number = fc.double({ min: -100, max: 100, noNaN: true })

describe('z-average', () => {
  test('has mean 0 over every group, or over the batch', () => {
    const rows = fc.array(fc.tuple(number, number, fc.constantFrom('a', 'b')), { minLength: 1 })
    fc.assert(
      fc.property(rows, fc.constantFrom('group', 'batch'), (batch, scope) => {
        const groups = batch.map(([, , group]) => group)
        const { values } = combineColumn(
          zAverage,
          { of: ['x', 'y'], scope },
          { columns: { x: batch.map(([x]) => x), y: batch.map(([, y]) => y) }, groups },
        )
        for (const group of scope === 'batch' ? [undefined] : ['a', 'b']) {
          const total = values.reduce(
            (sum, value, row) => (group === undefined || groups[row] === group ? sum + value : sum),
            0,
          )
          expectClose(total, 0, 1e-6)
        }
      }),
    )
  })

  test('does not see the scale of a column', () => {
    const x = [1, 2, 5, 9]
    const parameters = { of: ['x'], epsilon: 0 }
    const plain = combineColumn(zAverage, parameters, { columns: { x } }).values
    const scaled = combineColumn(zAverage, parameters, {
      columns: { x: x.map((value) => 1000 * value - 7) },
    }).values
    expectClose(Array.from(scaled), Array.from(plain), 1e-12)
  })

  test('takes a group alone or the batch, and leaves a group of one at 0', () => {
    const input = { columns: { x: [0, 2, 10] }, groups: ['a', 'a', 'b'] }
    const alone = combineColumn(zAverage, { of: ['x'], epsilon: 0 }, input).values
    expectClose(Array.from(alone), [-Math.SQRT1_2, Math.SQRT1_2, 0], 1e-12)
    const batch = combineColumn(zAverage, { of: ['x'], scope: 'batch', epsilon: 0 }, input).values
    expectClose(Array.from(batch), [-4 / Math.sqrt(28), -2 / Math.sqrt(28), 6 / Math.sqrt(28)], 1e-12)
  })
})
