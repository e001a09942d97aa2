/** Which of the pairs at hand are worth a label, and how data is split so that nothing leaks. */
import { quantile } from '../../numerics/quantile.ts'
import type { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import type { ItemPairs } from './item-pairs.ts'

/**
 * Numbers of the hard pairs: those whose |Δu| is at most the quantile `share` of all.
 * @throws GuerdonError ARGUMENT_INVALID for a share outside (0, 1]
 */
export function hardPairs(pairs: Pick<ItemPairs, 'utilityA' | 'utilityB'>, share: number): Int32Array {
  if (!(share > 0 && share <= 1)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'no share of the pairs', {
      expected: 'a number in (0, 1]',
      found: share,
    })
  }
  const gaps = pairs.utilityA.map((utility, pair) => Math.abs(utility - pairs.utilityB[pair]!))
  const limit = quantile(gaps.slice(), 0, gaps.length, share)
  return Int32Array.from(gaps.keys()).filter((pair) => gaps[pair]! <= limit)
}

/**
 * Numbers of the `keep` pairs with the highest scores, highest first; of equals the earlier. The scores come from
 * outside: uncertainty of a model, disagreement of an ensemble.
 * @throws GuerdonError ARGUMENT_INVALID for a score that is NaN or a number to keep that does not fit
 *
 * @example highestScored([0.1, 0.9, 0.5], 2) // [1, 2]
 */
export function highestScored(scores: ArrayLike<number>, keep: number): Int32Array {
  if (
    !(Number.isInteger(keep) && keep >= 0 && keep <= scores.length) ||
    Array.from(scores).some(Number.isNaN)
  ) {
    throw new GuerdonError('ARGUMENT_INVALID', `${keep} of ${scores.length} scored pairs cannot be kept`, {
      expected: 'scores that are numbers, and a whole number of at most as many',
    })
  }
  const order = Int32Array.from({ length: scores.length }, (_, pair) => pair)
  return order.sort((x, y) => scores[y]! - scores[x]! || x - y).slice(0, keep)
}

/**
 * A part for every row, so that rows of one key (prompt or user) are in the same part. Keys are shuffled and dealt out
 * by the shares, which need not add up to 1: every part gets at least one key while there are keys enough.
 * @param keys prompt or user of each row
 * @param shares of keys, one a part
 * @throws GuerdonError ARGUMENT_INVALID for shares that are not positive
 *
 * @example splitByKey(new RandomStream(1), [5, 5, 9, 9], [1, 1]).toString() // '0,0,1,1'
 */
export function splitByKey(
  stream: RandomStream,
  keys: ArrayLike<number>,
  shares: readonly number[],
): Uint8Array {
  const total = shares.reduce((sum, share) => sum + share, 0)
  if (shares.length === 0 || shares.length > 256 || !shares.every((share) => share > 0)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'no parts to split into', {
      expected: '1 to 256 positive shares',
      found: shares,
    })
  }
  const distinct = stream.shuffle([...new Set(Array.from(keys))])
  const partOf = new Map<number, number>()
  let start = 0
  let share = 0
  for (let part = 0; part < shares.length; part++) {
    share += shares[part]! / total
    const left = shares.length - 1 - part
    const most = Math.max(start, distinct.length - left)
    const end =
      part === shares.length - 1
        ? distinct.length
        : Math.min(most, Math.max(start + 1, Math.round(share * distinct.length)))
    for (let index = start; index < end; index++) partOf.set(distinct[index]!, part)
    start = Math.max(start, end)
  }
  return Uint8Array.from(keys, (key) => partOf.get(key)!)
}
