import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gatedBonus } from './gated-bonus.ts'
import { combine, combineColumn } from './named-lists.contract.ts'

const names = { format: 'format', result: 'result', bonus: 'bonus' }

describe('gated-bonus', () => {
  test('a wrong result earns the same whatever its bonus is', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1), fc.double({ min: -1, max: 1, noNaN: true }), (format, bonus) => {
        expect(combine(gatedBonus, names, { format: [format], result: [0], bonus: [bonus] })).toEqual([
          0.5 * format,
        ])
      }),
    )
  })

  test('any right result is worth at least the best wrong one', () => {
    const best = combine(gatedBonus, names, { format: [1], result: [0], bonus: [1] }) as number[]
    const worst = combine(gatedBonus, names, { format: [0], result: [1], bonus: [-1] }) as number[]
    expect(worst[0]).toBeGreaterThanOrEqual(best[0]!)
  })

  test('a right result needs its bonus judged', () => {
    const column = combineColumn(gatedBonus, names, {
      columns: { format: [1, 1], result: [1, 0], bonus: [null, null] },
    })
    expect(Array.from(column.valid)).toEqual([0, 1])
    expect(column.reasons?.[0]).toBe('bonus: no value')
  })
})
