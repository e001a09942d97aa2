import fc from 'fast-check'
import { expect, test } from 'vitest'
import { selectAtRandom, selectBand, selectByDifficulty } from './difficulty-selection.ts'
import { RandomStream } from './random.ts'

const scores = fc.array(fc.constantFrom(0, 0.25, 0.5, 0.75, 1), { maxLength: 20 })

test('by hand, with ties in their first order', () => {
  const list = [0.5, 0.1, 0.5, 0.9, 0.1]
  expect(Array.from(selectByDifficulty(list, 2, 'easy'))).toEqual([3, 0])
  expect(Array.from(selectByDifficulty(list, 2, 'hard'))).toEqual([1, 4])
  // Ascending: 1, 4, 0, 2, 3; the middle three start at ⌊(5 − 3)/2⌋ = 1.
  expect(Array.from(selectByDifficulty(list, 3, 'medium'))).toEqual([0, 2, 4])
})

test('takes as many as asked, each once, highest first; nothing left out is harder than hard or easier than easy', () => {
  fc.assert(
    fc.property(scores, fc.nat({ max: 25 }), (list, count) => {
      for (const difficulty of ['easy', 'medium', 'hard'] as const) {
        const chosen = Array.from(selectByDifficulty(list, count, difficulty))
        expect(chosen).toHaveLength(Math.min(count, list.length))
        expect(new Set(chosen).size).toBe(chosen.length)
        const values = chosen.map((index) => list[index]!)
        expect(values).toEqual([...values].sort((left, right) => right - left))
        const others = list.filter((_, index) => !chosen.includes(index))
        if (chosen.length === 0 || others.length === 0 || difficulty === 'medium') continue
        if (difficulty === 'hard') expect(Math.min(...others)).toBeGreaterThanOrEqual(Math.max(...values))
        else expect(Math.max(...others)).toBeLessThanOrEqual(Math.min(...values))
      }
    }),
  )
})

test('a band takes what lies inside it, and chance takes any, the same for the same seed', () => {
  expect(Array.from(selectBand([0, 0.4, 1, 0.9], 0.4, 0.9))).toEqual([3, 1])
  const drawn = selectAtRandom(50, 10, new RandomStream(7))
  expect(new Set(drawn).size).toBe(10)
  expect(selectAtRandom(50, 10, new RandomStream(7))).toEqual(drawn)
  expect(selectAtRandom(3, 5, new RandomStream(1))).toHaveLength(3)
})

test('refuses scores that are no numbers', () => {
  expect(() => selectByDifficulty([0, Number.NaN], 1, 'easy')).toThrow('score 1')
  expect(() => selectByDifficulty([0], 1.5, 'easy')).toThrow('whole number')
})
