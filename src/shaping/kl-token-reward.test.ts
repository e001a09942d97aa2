import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnOf, raggedColumnOf } from '../records/column.ts'
import { tokenRewardsWithKl } from './kl-token-reward.ts'
import { toLists } from './shaping.contract.ts'

const ragged = (lists: (number | null)[][], reason?: string) => raggedColumnOf('token', lists, reason)

test('every token pays, the last one earns the score', () => {
  const rewards = tokenRewardsWithKl(
    columnOf([1, 2]),
    ragged([[-1, -2], [-3]]),
    ragged([[-2, -2], [-1]]),
    0.5,
  )
  expect(rewards.grain).toBe('token')
  expect(toLists(rewards)).toEqual([[-0.5, 1], [3]])
})

test('a rollout’s rewards add up to its score minus β times the difference of log-probabilities', () => {
  const token = fc.record({
    policy: fc.double({ min: -20, max: 0, noNaN: true }),
    reference: fc.double({ min: -20, max: 0, noNaN: true }),
  })
  const rollouts = fc.array(fc.array(token, { minLength: 1 }), { minLength: 1 })
  fc.assert(
    fc.property(rollouts, fc.double({ min: 0, max: 1, noNaN: true }), (rows, coefficient) => {
      const scores = rows.map((_, row) => row - 1)
      const rewards = toLists(
        tokenRewardsWithKl(
          columnOf(scores),
          ragged(rows.map((tokens) => tokens.map(({ policy }) => policy))),
          ragged(rows.map((tokens) => tokens.map(({ reference }) => reference))),
          coefficient,
        ),
      ) as number[][]
      rows.forEach((tokens, row) => {
        const divergence = tokens.reduce((sum, { policy, reference }) => sum + policy - reference, 0)
        const total = rewards[row]!.reduce((sum, value) => sum + value, 0)
        expect(Math.abs(total - (scores[row]! - coefficient * divergence))).toBeLessThan(1e-9)
      })
    }),
  )
})

test('what is missing makes its tokens invalid, with the reason', () => {
  const rewards = tokenRewardsWithKl(
    columnOf([null, 1, 1, 1], 'judge failed'),
    ragged([[-1], [null, -1], [-1, -1], []], 'not logged'),
    ragged([[-1], [-1, -1], [-1], []]),
    0.1,
  )
  expect(toLists(rewards)).toEqual([[null], [null, 1], [null, null], []])
  expect(rewards.reasons?.[0]).toBe('judge failed')
  expect(rewards.reasons?.[1]).toBe('not logged')
  expect(rewards.reasons?.[3]).toContain('different numbers')
})

test('columns of different batches are refused', () => {
  expect(() => tokenRewardsWithKl(columnOf([1]), ragged([[1], [1]]), ragged([[1], [1]]), 1)).toThrow(
    /belong together/,
  )
  expect(() => tokenRewardsWithKl(columnOf([1]), columnOf([1]), columnOf([1]), 1)).toThrow(/belong together/)
})
