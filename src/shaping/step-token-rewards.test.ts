import fc from 'fast-check'
import { expect, test } from 'vitest'
import { raggedColumnOf } from '../records/column.ts'
import { toLists } from './plain-lists.contract.ts'
import { stepTokenRewards } from './step-token-rewards.ts'

test('the last token of each step carries its reward', () => {
  const steps = raggedColumnOf('step', [[0.5, 1], [], [null, 2]], 'step judge failed')
  const rewards = stepTokenRewards(steps, raggedColumnOf('step', [[2, 1], [], [2, 2]]))
  expect(rewards.grain).toBe('token')
  expect(toLists(rewards)).toEqual([[0, 0.5, 1], [], [null, null, 0, 2]])
  expect(rewards.reasons?.[3]).toBe('step judge failed')
})

test('totals and numbers of tokens are kept', () => {
  const step = fc.record({ reward: fc.integer({ min: -9, max: 9 }), tokens: fc.integer({ min: 1, max: 9 }) })
  fc.assert(
    fc.property(fc.array(fc.array(step), { minLength: 1 }), (rollouts) => {
      const rewards = toLists(
        stepTokenRewards(
          raggedColumnOf(
            'step',
            rollouts.map((steps) => steps.map(({ reward }) => reward)),
          ),
          raggedColumnOf(
            'step',
            rollouts.map((steps) => steps.map(({ tokens }) => tokens)),
          ),
        ),
      ) as number[][]
      rollouts.forEach((steps, row) => {
        expect(rewards[row]).toHaveLength(steps.reduce((sum, { tokens }) => sum + tokens, 0))
        expect(rewards[row]!.reduce((sum, value) => sum + value, 0)).toBe(
          steps.reduce((sum, { reward }) => sum + reward, 0),
        )
      })
    }),
  )
})

test('steps without tokens and columns of other steps are refused', () => {
  const steps = raggedColumnOf('step', [[1, 2]])
  expect(() => stepTokenRewards(steps, raggedColumnOf('step', [[1, 0]]))).toThrow(
    /step 1 of rollout 0.*no token/,
  )
  expect(() => stepTokenRewards(steps, raggedColumnOf('step', [[1, null]], 'not counted'))).toThrow(
    /not counted/,
  )
  expect(() => stepTokenRewards(steps, raggedColumnOf('step', [[1]]))).toThrow(/do not belong together/)
  expect(() => stepTokenRewards(steps, raggedColumnOf('step', [[1], [2]]))).toThrow(/do not belong together/)
})
