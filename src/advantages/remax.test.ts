import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import { columnOf } from '../records/column.ts'
import { expectClose, inputOf } from './advantage.contract.ts'
import { greedyBaselineAdvantages, remax } from './remax.ts'

describe('greedyBaselineAdvantages', () => {
  it('subtracts the greedy reward once at every token', () => {
    const { advantages, returns } = greedyBaselineAdvantages(
      Float64Array.of(1, 2, 4),
      Uint8Array.of(1, 1, 0),
      Int32Array.of(0, 3),
      Float64Array.of(0.5),
    )
    expectClose(advantages, [2.5, 1.5, 0])
    expectClose(returns, [3, 2, 0])
  })
})

describe('remax', () => {
  it('a rollout as good as greedy gets exactly 0; one without greedy reward is invalid with its reason', () => {
    const { advantages } = remax.apply(
      inputOf([0.7, 1], 'ab', {
        inputs: { lengths: columnOf([2, 1]), greedy: columnOf([0.7, null], 'greedy failed') },
      }),
      parseParameters(remax, { greedy: 'greedy' }),
    )
    expect([...advantages.values]).toEqual([0, 0, 0])
    expect([...advantages.valid]).toEqual([1, 1, 0])
    expect(advantages.reasons?.[2]).toBe('greedy failed')
  })
})
