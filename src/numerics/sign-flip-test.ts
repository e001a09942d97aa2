/** Paired permutation test on differences, one a prompt. */
import type { RandomStream } from './random.ts'

export interface SignFlipTest {
  readonly mean: number
  /** two-sided */
  readonly p: number
}

/** Up to this many differences every one of the 2ⁿ sign patterns is counted. */
const EXACT_UP_TO = 14
const DRAWS = 10_000
const TIE = 1e-12

/**
 * Whether paired differences are centred on 0: under that, the sign of each is a fair coin. p is the share of sign
 * patterns whose |mean| is at least the observed one (− 1e-12): exact for up to 14 differences, otherwise
 * (c + 1) / (B + 1) over B = 10,000 draws from the stream. No differences: mean 0, p 1.
 *
 * @example signFlipTest(Float64Array.of(1, 1, 1, 1, 1, 1, -1, 1), new RandomStream(1)).p // 0.0703125
 */
export function signFlipTest(differences: Float64Array, stream: RandomStream): SignFlipTest {
  const size = differences.length
  if (size === 0) return { mean: 0, p: 1 }
  let sum = 0
  for (let index = 0; index < size; index++) sum += differences[index]!
  const mean = sum / size
  const bar = Math.abs(mean) - TIE
  if (size <= EXACT_UP_TO) {
    const patterns = 2 ** size
    let count = 0
    for (let pattern = 0; pattern < patterns; pattern++) {
      let flipped = 0
      for (let index = 0; index < size; index++)
        flipped += (pattern >> index) & 1 ? -differences[index]! : differences[index]!
      if (Math.abs(flipped / size) >= bar) count++
    }
    return { mean, p: count / patterns }
  }
  let count = 0
  for (let draw = 0; draw < DRAWS; draw++) {
    let flipped = 0
    for (let start = 0; start < size; start += 32) {
      let bits = stream.integer32()
      const end = Math.min(size, start + 32)
      for (let index = start; index < end; index++) {
        flipped += bits & 1 ? -differences[index]! : differences[index]!
        bits >>>= 1
      }
    }
    if (Math.abs(flipped / size) >= bar) count++
  }
  return { mean, p: (count + 1) / (DRAWS + 1) }
}
