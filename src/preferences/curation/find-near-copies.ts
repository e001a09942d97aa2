/** Rows that say almost the same as another row: candidates by bands of MinHash, verified on the words themselves. */
import { jaccard } from '../../numerics/word-grams.ts'
import { completionText, promptText } from '../../records/rollout.ts'
import type { Marks } from './marks.ts'
import type { ReadPair } from './read-pairs.ts'
import { type Relation, type Relations, repeatedRuns, SortedCursor } from './relation.ts'
import { gramSetOf, WordHashes } from './word-hashes.ts'

/** Rows of one bucket that are all compared with one another; in larger buckets each is compared with so many others. */
export const mostCompared = 64

/** The sets of word n-grams of prompt, chosen and rejected; equal words in different fields are different grams. */
export class PairGrams {
  readonly #words = new WordHashes()
  readonly n: number
  readonly sets: [Uint32Array, Uint32Array, Uint32Array] = [
    new Uint32Array(0),
    new Uint32Array(0),
    new Uint32Array(0),
  ]

  constructor(n: number) {
    this.n = n
  }

  read(pair: ReadPair['pair']): this {
    this.sets[0] = gramSetOf(this.#words.read(promptText(pair.prompt)), this.n, 1)
    this.sets[1] = gramSetOf(this.#words.read(completionText(pair.chosen)), this.n, 2)
    this.sets[2] = gramSetOf(this.#words.read(completionText(pair.rejected)), this.n, 3)
    return this
  }

  /** The sets as bytes: three lengths, then the hashes. */
  toBytes(): Uint8Array {
    const lengths = this.sets.map(({ length }) => length)
    const numbers = new Uint32Array(3 + lengths[0]! + lengths[1]! + lengths[2]!)
    numbers.set(lengths)
    let at = 3
    for (const set of this.sets) {
      numbers.set(set, at)
      at += set.length
    }
    return new Uint8Array(numbers.buffer)
  }
}

function setsOf(bytes: Uint8Array): Uint32Array[] {
  // The bytes may begin anywhere in their buffer, and slicing a Buffer does not copy it.
  const numbers = new Uint32Array(new Uint8Array(bytes).buffer)
  let at = 3
  return [0, 1, 2].map((field) => {
    const set = numbers.subarray(at, at + numbers[field]!)
    at += set.length
    return set
  })
}

/** The least similar of the three fields decides: a long prompt in common does not make a copy. */
function leastJaccard(one: readonly Uint32Array[], other: readonly Uint32Array[]): number {
  return Math.min(...one.map((set, field) => jaccard(set, other[field]!)))
}

/**
 * Columns of `bands`: band key, key of the labelled pair, row. Rows that share a band are compared in the order of
 * their keys, so that the order of the file does not matter; copies count once. Where the similarity reaches
 * `threshold`, the row with the larger key is marked as a near copy of the other. Memory: one bucket, and the gram sets
 * of candidates in a relation. Returns how many candidates were compared.
 */
export async function findNearCopies(
  bands: Relation,
  marks: Marks,
  relations: Relations,
  readAgain: () => AsyncIterable<readonly ReadPair[]>,
  options: { readonly n: number; readonly threshold: number },
): Promise<number> {
  const candidates = await relations.open('candidates', 2)
  for await (const { size, columns } of repeatedRuns(bands, 1)) {
    const [, keys, rows] = columns
    let distinct = 0
    for (let at = 0; at < size; at++) {
      if (distinct > 0 && keys![at] === keys![distinct - 1]) continue
      keys![distinct] = keys![at]!
      rows![distinct++] = rows![at]!
    }
    for (let one = 1; one < distinct; one++)
      for (let other = Math.max(0, one - mostCompared); other < one; other++)
        candidates.append([rows![other]!, rows![one]!])
  }

  // Two rows that meet in several bands are one candidate.
  const wanted = await relations.open('wanted', 4)
  let compared = 0
  let last: [number, number] = [-1, -1]
  for await (const { size, columns } of candidates.sorted()) {
    for (let at = 0; at < size; at++) {
      const [one, other] = [columns[0]![at]!, columns[1]![at]!]
      if (one === last[0] && other === last[1]) continue
      last = [one, other]
      wanted.append([one, compared, 0, other])
      wanted.append([other, compared, 1, one])
      compared++
    }
  }
  if (compared === 0) return 0

  const texts = await relations.open('texts', 4, true)
  const cursor = new SortedCursor(wanted)
  const grams = new PairGrams(options.n)
  let row = 0
  let more = await cursor.ready()
  for await (const pairs of readAgain()) {
    if (!more) break
    for (const { pair } of pairs) {
      if (more && cursor.value(0) === row) {
        const bytes = grams.read(pair).toBytes()
        while (more && cursor.value(0) === row) {
          texts.append([cursor.value(1), cursor.value(2), row, cursor.value(3)], bytes)
          more = cursor.step() || (await cursor.ready())
        }
      }
      row++
    }
  }

  let first: Uint32Array[] = []
  for await (const batch of texts.sorted()) {
    for (let at = 0; at < batch.size; at++) {
      const sets = setsOf(batch.bytes(at))
      if (batch.columns[1]![at] === 0) {
        first = sets
        continue
      }
      const similarity = leastJaccard(first, sets)
      if (similarity >= options.threshold)
        marks.add(batch.columns[2]![at]!, 'near-copy', batch.columns[3]![at]!, similarity)
    }
  }
  return compared
}
