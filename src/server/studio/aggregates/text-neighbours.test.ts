import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textNeighbours } from './text-neighbours.ts'

test('closest first, strangers left out', () => {
  const found = textNeighbours(
    'The answer is 42 because six times seven is 42.',
    [
      'Nothing in common here',
      'the answer is 42',
      'The answer is 42 because six times seven is 42.',
      'The answer is 42 because I say so.',
    ],
    8,
  )
  expect(found.map(({ index }) => index)).toEqual([2, 3, 1])
  expect(found[0]!.similarity).toBe(1)
})

test('at most as many as asked', () => {
  expect(textNeighbours('a b c', ['a b c', 'a b c', 'a b c'], 2)).toEqual([
    { index: 0, similarity: 1 },
    { index: 1, similarity: 1 },
  ])
})

test('texts of one or two words are compared whole; empty ones are like nothing', () => {
  expect(textNeighbours('yes', ['Yes', 'no', ''], 8)).toEqual([{ index: 0, similarity: 1 }])
  expect(textNeighbours('', ['', 'a'], 8)).toEqual([])
})

test('agrees with sets of joined words', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 3, maxLength: 12 })
  const gramsOf = (words: string[]) =>
    new Set(words.slice(2).map((_, at) => words.slice(at, at + 3).join(' ')))
  fc.assert(
    fc.property(text, text, (one, other) => {
      const a = gramsOf(one)
      const b = gramsOf(other)
      const shared = [...a].filter((gram) => b.has(gram)).length
      const similarity = shared / (a.size + b.size - shared)
      const [found] = textNeighbours(one.join(' '), [other.join(' ')], 1)
      expect(found?.similarity ?? 0).toBeCloseTo(similarity, 12)
    }),
  )
})
