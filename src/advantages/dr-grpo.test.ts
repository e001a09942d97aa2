import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import { expectClose, inputOf } from './advantage.contract.ts'
import { drGrpo } from './dr-grpo.ts'

const run = (rewards: (number | null)[], letters: string, parameters: Record<string, unknown> = {}) =>
  drGrpo.apply(inputOf(rewards, letters), parseParameters(drGrpo, parameters)).advantages

describe('dr-grpo', () => {
  it('keeps the scale of the rewards', () => {
    expectClose(run([10, 0, 0.1, 0], 'aabb').values, [5, -5, 0.05, -0.05])
  })

  it('a group of one follows the dialect', () => {
    expect(run([2], 'a').values[0]).toBe(2)
    expect(run([2], 'a', { dialect: 'trl' }).values[0]).toBe(0)
  })

  it('an invalid row does not move its group', () => {
    expectClose(run([1, null, 0], 'aaa').values, [0.5, 0, -0.5])
  })
})
