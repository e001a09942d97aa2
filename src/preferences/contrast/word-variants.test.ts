import { expect, it } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { misspellings, wordVariants } from './word-variants.ts'

it('variants change few words and keep the rest', () => {
  const text = Array.from({ length: 40 }, (_, at) => `word${'abcdefgh'[at % 8]}ing`).join(' ')
  for (const variant of wordVariants(text, 5, new RandomStream(1), { share: 0.05 })) {
    const changed = variant.split(' ').filter((word, at) => word !== text.split(' ')[at])
    expect(changed.length).toBeGreaterThan(0)
    expect(changed.length).toBeLessThanOrEqual(2)
  }
})

it('a text without words that can change stays as it is', () => {
  expect(wordVariants('2 + 2 = 4', 2, new RandomStream(1))).toEqual(['2 + 2 = 4', '2 + 2 = 4'])
  expect(misspellings('cat')).toEqual([])
})

it('words of one’s own source are used', () => {
  const words = (word: string) => (word === 'good' ? ['fine'] : [])
  expect(wordVariants('a good day', 1, new RandomStream(1), { words })).toEqual(['a fine day'])
})
