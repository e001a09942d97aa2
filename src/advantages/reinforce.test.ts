import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import { columnOf, raggedColumnOf } from '../records/column.ts'
import { expectClose, inputOf } from './advantage.contract.ts'
import { reinforce } from './reinforce.ts'

describe('reinforce', () => {
  it('the batch mean counts tokens, and invalid tokens take no part', () => {
    const rewards = raggedColumnOf('token', [[0, null, 3], [1]])
    const { advantages } = reinforce.apply(
      inputOf(rewards, 'ab'),
      parseParameters(reinforce, { baseline: 'batch-mean' }),
    )
    const mean = (3 + 3 + 1) / 3
    expectClose(advantages.values, [3 - mean, 0, 3 - mean, 1 - mean])
    expect([...advantages.valid]).toEqual([1, 0, 1, 1])
  })

  it('γ = 0 leaves each token its own reward', () => {
    const rewards = raggedColumnOf('token', [[1, 2, 3]])
    expectClose(
      reinforce.apply(inputOf(rewards, 'a'), parseParameters(reinforce, { gamma: 0 })).advantages.values,
      [1, 2, 3],
    )
  })

  it('counts rollouts without tokens', () => {
    const { evidence } = reinforce.apply(
      inputOf([1, 1], 'ab', { inputs: { lengths: columnOf([0, 2]) } }),
      parseParameters(reinforce, {}),
    )
    expect(evidence).toEqual({ emptyRollouts: 1 })
  })
})
