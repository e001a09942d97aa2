import { expect, test } from 'vitest'
import { routedPreference, routedScores } from './routed-score.ts'

test('the top head alone, the first of equal ones; shared weights', () => {
  expect(Array.from(routedScores([1, 5, 2, 7], [0.1, 0.9, 0.5, 0.5], 2, 'top'))).toEqual([5, 2])
  expect(Array.from(routedScores([1, 5, 2, 7], [0.25, 0.75], 2, 'linear'))).toEqual([4, 5.75])
})

test('a pointwise score can rank a pair against the mixture: a constant on one head decides', () => {
  const weights = [0.5, 0.5]
  const [first, second] = [
    [2, 0],
    [0, 1],
  ]
  expect(routedPreference(first!, second!, weights, 2)[0]).toBeGreaterThan(0.5)
  const shift = (rewards: readonly number[]): number[] => [rewards[0]! + 20, rewards[1]!]
  const score = (rewards: readonly number[]): number => routedScores(rewards, weights, 2, 'log-sigmoid')[0]!
  expect(score(first!)).toBeGreaterThan(score(second!))
  expect(score(shift(first!))).toBeLessThan(score(shift(second!)))
  expect(routedPreference(shift(first!), shift(second!), weights, 2)).toEqual(
    routedPreference(first!, second!, weights, 2),
  )
})

test('refuses lengths that do not fit', () => {
  expect(() => routedScores([1, 2, 3], [1, 1], 2, 'linear')).toThrow('3 rewards for 2 heads')
  expect(() => routedScores([1, 2], [1], 2, 'linear')).toThrow('1 weights')
  expect(() => routedPreference([1, 2], [1], [1, 1], 2)).toThrow('both sides')
})
