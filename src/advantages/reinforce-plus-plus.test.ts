import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import { maskedMoments } from '../numerics/whiten.ts'
import { columnOf, raggedColumnOf } from '../records/column.ts'
import { inputOf } from './advantage.contract.ts'
import { reinforcePlusPlus, whitenedReturns } from './reinforce-plus-plus.ts'

describe('whitenedReturns', () => {
  it('has mean 0 and variance 1 over the tokens of the mask', () => {
    const mask = Uint8Array.of(1, 1, 0, 1, 1)
    const { advantages } = whitenedReturns(Float64Array.of(1, 0, 9, 2, -1), mask, Int32Array.of(0, 3, 5), {
      gamma: 0.9,
      outside: 'reset',
    })
    const { mean, variance } = maskedMoments(advantages, mask, true)
    expect(mean).toBeCloseTo(0, 7)
    expect(variance).toBeCloseTo(1, 6)
    expect(advantages[2]).toBe(0)
  })
})

describe('reinforce-plus-plus', () => {
  it('carries a return over a tool’s output only when asked', () => {
    const rewards = raggedColumnOf('token', [[0, null, 1], [0]])
    const of = (outside: string) =>
      reinforcePlusPlus.apply(inputOf(rewards, 'ab'), parseParameters(reinforcePlusPlus, { outside }))
        .advantages.values
    const [reset, carry] = [of('reset'), of('carry')]
    expect(reset[0]).toBe(reset[3])
    expect(carry[0]).toBe(carry[2])
  })

  it('equal returns give 0, a single token gives 0', () => {
    const equal = inputOf([1, 1], 'ab', { inputs: { lengths: columnOf([2, 1]) } })
    const values = reinforcePlusPlus.apply(equal, parseParameters(reinforcePlusPlus, {})).advantages.values
    for (const value of values) expect(Math.abs(value)).toBeLessThan(1e-3)
    const single = inputOf([1], 'a', { inputs: { lengths: columnOf([1]) } })
    expect([
      ...reinforcePlusPlus.apply(single, parseParameters(reinforcePlusPlus, {})).advantages.values,
    ]).toEqual([0])
  })
})
