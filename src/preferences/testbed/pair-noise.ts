/** The noise of an annotator who is consistent: a function of the pair and nothing else. */
import { GuerdonError } from '../../records/error.ts'

function scramble(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return (mixed ^ (mixed >>> 15)) >>> 0
}

function itemHash(words: Uint32Array, start: number, end: number, seed: number): number {
  let hash = scramble(seed)
  for (let word = start; word < end; word++) hash = scramble(hash ^ Math.imul(words[word]!, 0x9e3779b1))
  return hash
}

/**
 * A number in (0, 1) for each of n pairs, spread like a uniform draw, that depends on the two items' features and the
 * seed alone. Swapping the items gives 1 − noise exactly, so the answer to a question asked the other way round is the
 * same. Two equal items give a number that says nothing of their order.
 * @param a n × d row-major
 * @param seed the annotator's own, or one a pair where several annotators took turns
 * @throws GuerdonError ARGUMENT_INVALID when the two sides differ in size
 *
 * @example pairNoise(Float64Array.of(1), Float64Array.of(2), 1, 7)[0] + pairNoise(Float64Array.of(2), Float64Array.of(1), 1, 7)[0] // 1
 */
export function pairNoise(
  a: Float64Array,
  b: Float64Array,
  dimensions: number,
  seed: number | ArrayLike<number>,
): Float64Array {
  if (a.length !== b.length || a.length % dimensions !== 0) {
    throw new GuerdonError('ARGUMENT_INVALID', `${a.length} and ${b.length} features`, {
      expected: `n times ${dimensions} on both sides`,
    })
  }
  const wordsA = new Uint32Array(a.buffer, a.byteOffset, a.length * 2)
  const wordsB = new Uint32Array(b.buffer, b.byteOffset, b.length * 2)
  const noise = new Float64Array(a.length / dimensions)
  const width = dimensions * 2
  for (let pair = 0; pair < noise.length; pair++) {
    const own = typeof seed === 'number' ? seed : seed[pair]!
    const hashA = itemHash(wordsA, pair * width, (pair + 1) * width, own)
    const hashB = itemHash(wordsB, pair * width, (pair + 1) * width, own)
    const low = Math.min(hashA, hashB)
    const high = Math.max(hashA, hashB)
    const upper = scramble(low ^ Math.imul(high, 0x85ebca6b)) >>> 6
    const lower = scramble(high ^ Math.imul(low, 0xc2b2ae35)) >>> 6
    // The middle of one of 2^52 cells: neither it nor its complement is 0 or 1, and both are exact.
    const drawn = (upper * 67108864 + lower + 0.5) / 4503599627370496
    noise[pair] = hashA <= hashB ? drawn : 1 - drawn
  }
  return noise
}
