import { expect, test } from 'vitest'
import { bestReplies, bestReply, pickAgreement, rankAgreement } from './member-agreement.ts'

const first = [
  [1, 2, 3],
  [5, 4, 6],
]

test('a member agrees with any increasing change of itself, and is opposed by its negative', () => {
  const cubed = first.map((prompt) => prompt.map((score) => score ** 3))
  const negative = first.map((prompt) => prompt.map((score) => -score))
  expect([...rankAgreement([first, cubed, negative])]).toEqual([1, 1, -1, 1, 1, -1, -1, -1, 1])
  expect([...pickAgreement([first, cubed, negative])]).toEqual([1, 1, 0, 1, 1, 0, 0, 0, 1])
})

test('prompts whose scores are all equal say nothing of ranks', () => {
  const flat = [
    [7, 7, 7],
    [5, 4, 6],
  ]
  expect([...rankAgreement([first, flat])]).toEqual([1, 1, 1, 1])
  expect(rankAgreement([[[1, 1]], [[1, 2]]])[1]).toBeNaN()
})

test('the first of equal replies is picked', () => {
  expect(bestReply([])).toBe(-1)
  expect([...bestReplies(Float64Array.of(0, 3, 3, -1, -2), [3, 2])]).toEqual([1, 0])
})
