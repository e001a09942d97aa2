/** Shapley values of a game that is given by the worth of every coalition. */
import { GuerdonError } from '../records/error.ts'

/** More players mean more than 4,096 coalitions a game. */
export const MOST_PLAYERS = 12

/**
 * φ_i = Σ_{S ∌ i} |S|!·(n − |S| − 1)!/n!·(v(S ∪ i) − v(S)): each player's share of v(all) − v(none), exactly.
 * The shares add up to that difference; a player who changes nothing gets 0.
 * Source: Shapley (1953).
 * @param worth v of every coalition, 2ⁿ numbers; bit i of the index says whether player i is in it
 * @throws GuerdonError ARGUMENT_INVALID when the number of coalitions is no power of two, or above 2¹²
 *
 * @example shapleyValues([0, 1, 2, 5]) // [2, 3]
 */
export function shapleyValues(worth: ArrayLike<number>): Float64Array {
  const players = Math.round(Math.log2(worth.length))
  if (2 ** players !== worth.length || players > MOST_PLAYERS)
    throw new GuerdonError('ARGUMENT_INVALID', `${worth.length} coalitions`, {
      expected: `a power of two up to ${2 ** MOST_PLAYERS}`,
    })
  // |S|!·(n − |S| − 1)!/n! = 1/(n·C(n − 1, |S|)).
  const weight = new Float64Array(players)
  let choices = 1
  for (let size = 0; size < players; size++) {
    weight[size] = 1 / (players * choices)
    choices = (choices * (players - 1 - size)) / (size + 1)
  }
  const shares = new Float64Array(players)
  for (let coalition = 0; coalition < worth.length; coalition++) {
    let size = 0
    for (let left = coalition; left > 0; left >>= 1) size += left & 1
    for (let player = 0; player < players; player++) {
      const bit = 1 << player
      if ((coalition & bit) === 0)
        shares[player]! += weight[size]! * (worth[coalition | bit]! - worth[coalition]!)
    }
  }
  return shares
}
