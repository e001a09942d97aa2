/** How strongly several reward models agree with the label of each preference pair. */
import { GuerdonError } from '../records/error.ts'

export interface PreferenceStrength {
  /** μ̂: mean margin over the members; negative where they vote against the label */
  readonly mean: Float64Array
  /** σ̂: standard deviation of the margins over the members, divided by M */
  readonly std: Float64Array
}

/**
 * Preference strength by voting: for pair i and member m the margin d_im = r_m(chosen_i) − r_m(rejected_i),
 * μ̂_i = mean_m d_im and σ̂_i = √(mean_m (d_im − μ̂_i)²). Scores are [M][N], in one scale for all members; the result
 * has N entries in the members' unit. One member gives σ̂ = 0, no pair gives empty lists.
 * Source: paper 16, equation 4.
 *
 * @throws GuerdonError ARGUMENT_INVALID without members, for lists of unequal length, for a score that is not finite
 * @example preferenceStrength([[2, 0], [4, 0]], [[1, 1], [1, 1]]) // { mean: [2, -1], std: [1, 0] }
 */
export function preferenceStrength(
  chosen: readonly ArrayLike<number>[],
  rejected: readonly ArrayLike<number>[],
): PreferenceStrength {
  const members = chosen.length
  if (members === 0 || rejected.length !== members) {
    throw new GuerdonError('ARGUMENT_INVALID', 'scores of both sides by the same members are needed', {
      found: `${members} and ${rejected.length} members`,
      expected: 'at least one member, as many for rejected as for chosen',
    })
  }
  const size = chosen[0]!.length
  const mean = new Float64Array(size)
  const std = new Float64Array(size)
  for (let member = 0; member < members; member++) {
    const better = chosen[member]!
    const worse = rejected[member]!
    if (better.length !== size || worse.length !== size) {
      throw new GuerdonError('ARGUMENT_INVALID', `member ${member} has another number of scores`, {
        found: `${better.length} chosen, ${worse.length} rejected`,
        expected: `${size} each`,
      })
    }
    for (let pair = 0; pair < size; pair++) {
      const margin = better[pair]! - worse[pair]!
      if (!Number.isFinite(margin)) {
        throw new GuerdonError('ARGUMENT_INVALID', `member ${member} has no finite scores for pair ${pair}`, {
          found: [better[pair], worse[pair]],
        })
      }
      mean[pair]! += margin / members
    }
  }
  // A second look at the margins instead of running sums of squares: nothing cancels.
  for (let member = 0; member < members; member++) {
    for (let pair = 0; pair < size; pair++) {
      const distance = chosen[member]![pair]! - rejected[member]![pair]! - mean[pair]!
      std[pair]! += (distance * distance) / members
    }
  }
  for (let pair = 0; pair < size; pair++) std[pair] = Math.sqrt(std[pair]!)
  return { mean, std }
}
