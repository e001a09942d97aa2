/** Texts as sets of word n-grams, hashed to 32 bits and sorted, and how much two texts share. */

const SPACES = /\s+/u

function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash ^= hash >>> 16
  return Math.imul(hash, 0x21f0aaad) >>> 0
}

/**
 * The words of a text: lower-cased and split on white space.
 *
 * @example wordsOf(' The  Fox ') // ['the', 'fox']
 */
export function wordsOf(text: string): string[] {
  const words = text.toLowerCase().split(SPACES)
  return words.filter((word) => word !== '')
}

/** The hashed n-grams of words in the order of the text; a text with fewer than n words is one shorter gram. */
export function gramsInOrder(words: readonly string[], n: number): Uint32Array {
  if (words.length === 0) return new Uint32Array(0)
  const hashes = Uint32Array.from(words, hashOf)
  const length = Math.min(n, words.length)
  const grams = new Uint32Array(words.length - length + 1)
  for (let start = 0; start < grams.length; start++) {
    let hash = length
    for (let word = start; word < start + length; word++) {
      hash = Math.imul(hash ^ hashes[word]!, 0x85ebca6b)
      hash = (hash << 13) | (hash >>> 19)
    }
    grams[start] = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) >>> 0
  }
  return grams
}

/** The set of n-grams as sorted hashes without repeats. */
export function gramSet(words: readonly string[], n: number): Uint32Array {
  const sorted = gramsInOrder(words, n).sort()
  let kept = 0
  for (let index = 0; index < sorted.length; index++)
    if (index === 0 || sorted[index] !== sorted[index - 1]) sorted[kept++] = sorted[index]!
  return sorted.subarray(0, kept)
}

/**
 * Jaccard similarity |A ∩ B| / |A ∪ B| of two gram sets; two empty sets are equal.
 *
 * @example jaccard(gramSet(wordsOf('a b c'), 3), gramSet(wordsOf('A B  C'), 3)) // 1
 */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  if (a.length === 0 && b.length === 0) return 1
  let shared = 0
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const gap = a[i]! - b[j]!
    if (gap === 0) shared++
    if (gap <= 0) i++
    if (gap >= 0) j++
  }
  return shared / (a.length + b.length - shared)
}
