import { expect, test } from 'vitest'
import { columnKind, inOrder, stageParts } from './column-kind.ts'

test('kinds are told from names', () => {
  expect(
    ['reward', 'advantage', 'length', 'logged/reward', 'correct', 'judge.clarity', 'tokens/2 clip'].map(
      columnKind,
    ),
  ).toEqual(['reward', 'advantage', 'length', 'logged', 'signal', 'signal', 'stage'])
})

test('a stage names its column, place and method', () => {
  expect(stageParts('tokens/2 soft-overlong')).toEqual({
    column: 'tokens',
    index: 2,
    method: 'soft-overlong',
  })
  expect(stageParts('tokens')).toBeUndefined()
})

test('signals keep their order', () => {
  expect(inOrder(['logged/kl', 'b', 'a', 'b/1 clip', 'length', 'reward'])).toEqual([
    'reward',
    'b',
    'a',
    'b/1 clip',
    'length',
    'logged/kl',
  ])
})
