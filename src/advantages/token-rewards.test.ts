import { describe, expect, it } from 'vitest'
import { columnOf, raggedColumnOf } from '../records/column.ts'
import { inputOf } from './advantage.contract.ts'
import { emptyRollouts, tokenRewardsOf } from './token-rewards.ts'

describe('tokenRewardsOf', () => {
  it('places a reward on the last token and counts rollouts without any', () => {
    const tokens = tokenRewardsOf(
      inputOf([5, 6, null], 'abc', { inputs: { lengths: columnOf([3, null, 2]) } }),
    )
    expect([...tokens.offsets!]).toEqual([0, 3, 3, 5])
    expect([...tokens.values]).toEqual([0, 0, 5, 0, 0])
    expect([...tokens.valid]).toEqual([1, 1, 1, 0, 0])
    expect(tokens.reasons?.[4]).toBe('no value')
    expect(emptyRollouts(tokens)).toBe(1)
  })

  it('leaves token rewards alone', () => {
    const rewards = raggedColumnOf('token', [[1], [2, 3]])
    expect(tokenRewardsOf(inputOf(rewards, 'ab'))).toBe(rewards)
  })

  it('needs lengths that are numbers of tokens', () => {
    expect(() => tokenRewardsOf(inputOf([1], 'a'))).toThrow(/cannot be placed on tokens/)
    expect(() => tokenRewardsOf(inputOf([1], 'a', { inputs: { lengths: columnOf([1.5]) } }))).toThrow(
      /no number of tokens/,
    )
  })
})
