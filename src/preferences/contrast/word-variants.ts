/** Reworded variants of an answer for ConvexDA: a few words changed, the meaning kept as far as the source of words does. */
import type { RandomStream } from '../../numerics/random.ts'

/** Other words for a word, or none. */
export type WordSource = (word: string) => readonly string[]

/**
 * Misspellings as a source of words, as in the authors' released code (the paper's text says synonyms): two
 * neighbouring letters exchanged, one left out, or one doubled.
 */
export const misspellings: WordSource = (word) => {
  if (!/^\p{L}{4,}$/u.test(word)) return []
  const letters = [...word]
  const variants = new Set<string>()
  for (let at = 1; at < letters.length - 1; at++) {
    variants.add([...letters.slice(0, at), letters[at + 1]!, letters[at]!, ...letters.slice(at + 2)].join(''))
    variants.add([...letters.slice(0, at), ...letters.slice(at + 1)].join(''))
    variants.add([...letters.slice(0, at + 1), letters[at]!, ...letters.slice(at + 1)].join(''))
  }
  variants.delete(word)
  return [...variants]
}

/**
 * Variants of a text, each with up to `share` of its words (at least one) replaced.
 *
 * @returns as many as asked for; the text itself where no word has another form
 */
export function wordVariants(
  text: string,
  count: number,
  stream: RandomStream,
  { share = 0.05, words = misspellings }: { readonly share?: number; readonly words?: WordSource } = {},
): string[] {
  const pieces = text.split(/(\s+)/)
  const places = pieces.flatMap((piece, at) => (words(piece).length > 0 ? [at] : []))
  const changes = Math.max(1, Math.floor((share * pieces.length) / 2))
  return Array.from({ length: count }, () => {
    const own = [...pieces]
    const left = [...places]
    for (let change = 0; change < changes && left.length > 0; change++) {
      const [at] = left.splice(stream.below(left.length), 1) as [number]
      const choices = words(pieces[at]!)
      own[at] = choices[stream.below(choices.length)]!
    }
    return own.join('')
  })
}
