import { expect, test } from 'vitest'
import { createReward } from '../../reward/score.ts'
import type { ReadPair } from './read-pairs.ts'
import { rewardStrengths } from './reward-strengths.ts'

const readOf = (chosen: string, rejected: string): ReadPair => ({
  pair: { id: chosen, prompt: 'p', chosen, rejected, source: 's' },
  fields: {},
  text: undefined,
  file: 0,
  line: 1,
})

test('each reward votes with its own margin, in either order of the sides; what cannot be scored has no strength', async () => {
  const words = await createReward({ name: 'words', signals: { words: { use: 'length', unit: 'words' } } })
  const characters = await createReward({
    name: 'characters',
    signals: { size: { use: 'length', unit: 'characters' } },
  })
  try {
    const pairs = [readOf('one two three', 'four'), readOf('a', 'b c'), readOf('same', 'same')]
    const { mean, std, known } = await rewardStrengths([words, characters], 'lengths').strengths(pairs)
    // Margins in words 2, −1, 0; in characters 9, −2, 0.
    expect(Array.from(mean)).toEqual([5.5, -1.5, 0])
    expect(Array.from(std)).toEqual([3.5, 0.5, 0])
    expect(Array.from(known)).toEqual([1, 1, 1])
    const many = Array.from({ length: 600 }, (_, index) => readOf('x '.repeat(index % 9), 'x x'))
    const long = await rewardStrengths([words], 'words').strengths(many)
    expect(Array.from(long.mean)).toEqual(many.map((_, index) => (index % 9) - 2))
  } finally {
    await words.close()
    await characters.close()
  }
})
