import { describe, it } from 'vitest'
import { expectClose } from './advantage.contract.ts'
import { rewardsToGo } from './rewards-to-go.ts'

const rewards = Float64Array.of(1, 2, 4, 8, 16)
const offsets = Int32Array.of(0, 4, 4, 5)

describe('rewardsToGo', () => {
  it('discounts inside each rollout and never across rollouts', () => {
    expectClose(
      rewardsToGo(rewards, new Uint8Array(5).fill(1), offsets, { gamma: 0.5, outside: 'carry' }),
      [4, 6, 8, 8, 16],
    )
  })

  it('carries the return over tokens outside the mask, without their reward', () => {
    expectClose(
      rewardsToGo(rewards, Uint8Array.of(1, 1, 0, 1, 1), offsets, { gamma: 1, outside: 'carry' }),
      [11, 10, 8, 8, 16],
    )
  })

  it('or forgets it after them', () => {
    expectClose(
      rewardsToGo(rewards, Uint8Array.of(1, 1, 0, 1, 1), offsets, { gamma: 1, outside: 'reset' }),
      [3, 2, 12, 8, 16],
    )
  })
})
