import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { jaccard } from '../../numerics/word-grams.ts'
import { defaultMinHash, estimatedJaccard, MinHash, meetingChance } from './min-hash.ts'
import { gramSetOf, WordHashes } from './word-hashes.ts'

function setOf(random: RandomStream, size: number): Uint32Array {
  return Uint32Array.from({ length: size }, () => random.integer32()).sort()
}

/** Two sets with `shared` hashes in common and `own` of each alone. */
function overlapping(random: RandomStream, shared: number, own: number): [Uint32Array, Uint32Array] {
  const common = setOf(random, shared)
  const with_ = (): Uint32Array => Uint32Array.from([...common, ...setOf(random, own)]).sort()
  return [with_(), with_()]
}

test('the share of equal places estimates the Jaccard similarity without bias', () => {
  const random = new RandomStream(3)
  const [one, other] = [new MinHash(), new MinHash()]
  for (const [shared, own] of [
    [300, 0],
    [240, 30],
    [60, 60],
    [10, 3],
    [0, 40],
  ] as const) {
    let estimated = 0
    let exact = 0
    for (let trial = 0; trial < 200; trial++) {
      const [a, b] = overlapping(random, shared, own)
      estimated += estimatedJaccard(one.sign(a).signature, other.sign(b).signature) / 200
      exact += jaccard(a, b) / 200
    }
    // 200 trials of 96 places: the mean deviates by at most 0.5/√(200·…) ≈ 0.02 where sets are small.
    expect(Math.abs(estimated - exact)).toBeLessThan(0.03)
  }
})

test('similar sets meet in a band as often as the formula says, equal ones always', () => {
  const random = new RandomStream(8)
  const [one, other] = [new MinHash(), new MinHash()]
  let met = 0
  for (let trial = 0; trial < 300; trial++) {
    const [a, b] = overlapping(random, 160, 40)
    const [left, right] = [one.sign(a).bandsOf(), other.sign(b).bandsOf()]
    if (left.some((key, band) => key === right[band])) met++
    expect(other.sign(a).bandsOf()).toEqual(one.bandsOf())
  }
  const chance = meetingChance(160 / 240, defaultMinHash)
  expect(Math.abs(met / 300 - chance)).toBeLessThan(0.1)
})

test('keys are whole numbers below 2^53; no hashes at all have a signature, too', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4294967295), { maxLength: 20 }), (hashes) => {
      const keys = new MinHash({ bands: 4, rows: 3 }).sign(Uint32Array.from(hashes)).bandsOf()
      for (const key of keys) expect(Number.isSafeInteger(key) && key >= 0).toBe(true)
      expect(new Set(keys).size).toBe(4)
    }),
  )
  expect(() => new MinHash({ bands: 0, rows: 3 })).toThrow('0 bands')
})

test('grams of words: order matters, case and punctuation do not, fields stay apart', () => {
  const grams = (text: string, n = 3, side = 0) => Array.from(gramSetOf(new WordHashes().read(text), n, side))
  expect(grams('The quick, brown fox!')).toEqual(grams('the QUICK brown  fox'))
  expect(grams('a b c')).not.toEqual(grams('c b a'))
  expect(grams('a b c d')).toHaveLength(2)
  expect(grams('a')).toHaveLength(1)
  expect(grams(' .!')).toHaveLength(0)
  expect(grams('a b c', 3, 1)).not.toEqual(grams('a b c', 3, 2))
  expect(new WordHashes().read('天気が良い').size).toBe(5)
  expect(new WordHashes().read('ÉCOLE').values[0]).toBe(new WordHashes().read('école').values[0])
})
