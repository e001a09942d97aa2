/** Which texts are most alike, by the word 3-grams they share. */

/** A list of the hashes of a text's distinct word 3-grams. Shorter texts are one gram of all their words. */
function gramsOf(text: string): Set<number> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? []
  const hashes = words.map(hashOf)
  const grams = new Set<number>()
  if (words.length === 0) return grams
  for (let place = 0; place < Math.max(1, words.length - 2); place++)
    grams.add(mix(mix(hashes[place]!, hashes[place + 1] ?? 0), hashes[place + 2] ?? 0))
  return grams
}

/** FNV-1a over UTF-16 units. Two grams in a hundred thousand may share a number; similarities move by as little. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < word.length; index++)
    hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193)
  return hash
}

function mix(hash: number, next: number): number {
  const mixed = Math.imul(hash ^ (next >>> 15) ^ next, 0x85ebca6b)
  return mixed ^ (mixed >>> 13)
}

export interface Neighbour {
  /** place in the list of texts */
  readonly index: number
  /** Jaccard similarity in (0, 1] */
  readonly similarity: number
}

/**
 * The `most` texts with the highest Jaccard similarity of word 3-grams to one text,
 * `|A ∩ B| / |A ∪ B|`, closest first; texts that share nothing are left out, equal ones keep their order.
 *
 * @example textNeighbours('the answer is 4', ['the answer is 5', 'no'], 8) // [{ index: 0, similarity: 1 / 3 }]
 */
export function textNeighbours(text: string, others: readonly string[], most: number): Neighbour[] {
  const own = gramsOf(text)
  const found: Neighbour[] = []
  for (let index = 0; index < others.length; index++) {
    const grams = gramsOf(others[index]!)
    let shared = 0
    for (const gram of grams) if (own.has(gram)) shared++
    if (shared > 0) found.push({ index, similarity: shared / (own.size + grams.size - shared) })
  }
  return found.sort((a, b) => b.similarity - a.similarity).slice(0, most)
}
