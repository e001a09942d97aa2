import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hybridRule } from './hybrid-rule.ts'
import { combine, combineColumn } from './named-lists.contract.ts'

describe('hybrid-rule', () => {
  test('no wrong answer beats a right one, and wrong answers keep the model’s order', () => {
    const score = fc.double({ min: -30, max: 30, noNaN: true })
    fc.assert(
      fc.property(score, score, score, (a, b, right) => {
        const rewards = combine(
          hybridRule,
          { rule: 'r', model: 'm' },
          { r: [0, 0, 1], m: [a, b, right] },
        ) as number[]
        expect(rewards[2]).toBe(1)
        expect(Math.max(rewards[0]!, rewards[1]!)).toBeLessThanOrEqual(1)
        expect(rewards[0]! >= rewards[1]!).toBe(a >= b || rewards[0] === rewards[1])
      }),
    )
  })

  test('a higher temperature takes the saturation away', () => {
    const parameters = { rule: 'r', model: 'm', temperature: 100 }
    const [reward] = combine(hybridRule, parameters, { r: [0], m: [100] }) as number[]
    expect(reward).toBeCloseTo(1 / (1 + Math.exp(-1)), 12)
  })

  test('an unknown rule is no wrong answer', () => {
    const column = combineColumn(hybridRule, { rule: 'r', model: 'm' }, { columns: { r: [null], m: [3] } })
    expect(column.valid[0]).toBe(0)
    expect(column.reasons?.[0]).toMatch(/^r: /)
  })
})
