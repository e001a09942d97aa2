/** Texts made with a seed, with the repetitions of natural ones: few words often, most words seldom. */
import type { RandomStream } from '../src/numerics/random.ts'

const ONSETS = [
  'b',
  'c',
  'd',
  'f',
  'g',
  'h',
  'l',
  'm',
  'n',
  'p',
  'r',
  's',
  't',
  'v',
  'st',
  'tr',
  'pl',
  'ch',
  'sh',
  '',
]
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ea', 'ou', 'ai']
const CODAS = ['', '', 'n', 'r', 's', 't', 'l', 'nd', 'ng', 'm']

/** Two thousand different words of one to three syllables. */
export function lexicon(random: RandomStream): string[] {
  const pick = (from: readonly string[]): string => from[random.below(from.length)]!
  const words = new Set<string>()
  while (words.size < 2000) {
    let word = ''
    for (let syllables = 1 + random.below(3); syllables > 0; syllables--)
      word += pick(ONSETS) + pick(VOWELS) + pick(CODAS)
    words.add(word)
  }
  return [...words]
}

/** A word by Zipf's law: the logarithm of its rank is uniform. */
export function word(random: RandomStream, words: readonly string[]): string {
  return words[Math.floor(words.length ** random.uniform()) - 1]!
}

/** So many words in sentences of five to twenty-four, with commas, numbers and full stops. */
export function sentences(random: RandomStream, words: readonly string[], count: number): string {
  const parts: string[] = []
  let left = 0
  for (let index = 0; index < count; index++) {
    const first = left === 0
    if (first) left = 5 + random.below(20)
    left--
    let text =
      random.below(40) === 0 ? (random.below(100_000) / 10).toLocaleString('en-US') : word(random, words)
    if (first) text = text.charAt(0).toUpperCase() + text.slice(1)
    if (left === 0 || index === count - 1) text += random.below(8) === 0 ? '?' : '.'
    else if (random.below(12) === 0) text += ','
    parts.push(text)
  }
  return parts.join(' ')
}

/** Another writer's version: three words of ten replaced, some left out, some put in. */
export function rewritten(random: RandomStream, words: readonly string[], text: string): string {
  const parts: string[] = []
  for (const part of text.split(' ')) {
    const chance = random.uniform()
    if (chance < 0.04) continue
    parts.push(chance < 0.34 ? word(random, words) : part)
    if (chance > 0.96) parts.push(word(random, words))
  }
  return parts.join(' ')
}
