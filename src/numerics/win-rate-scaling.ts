/** Rewards of any scale as average win rates against fixed references: bounded, and alike for all users. */
import { GuerdonError } from '../records/error.ts'
import { sigmoid } from './sigmoid.ts'

/**
 * r̂(x) = mean_j σ(r(x) − r(reference_j)), in (0, 1): how often x would win against items that are the same for everyone.
 * Rewards of different users have different scales, which a policy that is told the user cannot follow; win rates have
 * one. Adding a constant to all rewards changes nothing. Per prompt, the shaping `preference-as-reward` does the same.
 * Source: paper 55, VPL-SPO; `jaxrl_m/learners/d4rl_utils.py`.
 * @param rewards of the items that are scored, n
 * @param references rewards of the comparison items by the same model for the same user, m ≥ 1
 * @throws GuerdonError ARGUMENT_INVALID without references, or for a number that is not finite
 *
 * @example winRateScaled([0, 800], [0, 0]) // [0.5, 1]
 */
export function winRateScaled(rewards: ArrayLike<number>, references: ArrayLike<number>): Float64Array {
  const count = references.length
  if (count === 0) throw new GuerdonError('ARGUMENT_INVALID', 'there is nothing to compare with')
  const scaled = new Float64Array(rewards.length)
  for (let row = 0; row < rewards.length; row++) {
    let sum = 0
    for (let other = 0; other < count; other++) {
      const difference = rewards[row]! - references[other]!
      if (!Number.isFinite(difference))
        throw new GuerdonError('ARGUMENT_INVALID', `row ${row} cannot be compared with reference ${other}`, {
          found: [rewards[row], references[other]],
          expected: 'finite rewards',
        })
      sum += sigmoid(difference)
    }
    scaled[row] = sum / count
  }
  return scaled
}
