/**
 * Token rewards with a KL penalty inside the reward: every token pays for leaving the reference policy, the last one
 * also earns the score. The form that PPO and REINFORCE trainers use. Sources: paper 33 (openrlhf/models/utils.py,
 * compute_approx_kl and compute_reward) and paper 36 (PPO).
 */
import { type Column, createRaggedColumn, invalidate, rolloutsOf, sealColumn } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'

/**
 * Token rewards −β·(ℓ_t − ℓ_ref,t), plus the score on the last token of each rollout (the k1 estimate of the KL
 * divergence: unbiased, of either sign). Unbounded.
 * A token with an invalid log-probability is invalid; all tokens of a rollout with an invalid score, or with
 * different numbers of log-probabilities under the two policies, are invalid. A rollout without tokens has none.
 *
 * @param scores rollout column
 * @param logprobs ragged column: log-probability of each token under the policy
 * @param referenceLogprobs the same under the reference policy
 * @param coefficient β
 * @returns a token column with the offsets of `logprobs`
 * @throws GuerdonError ARGUMENT_INVALID when the columns speak of different numbers of rollouts or are not ragged
 *
 * @example tokenRewardsWithKl(columnOf([1]), raggedColumnOf('token', [[-1, -2]]), raggedColumnOf('token', [[-2, -2]]), 0.5)
 *   .values // [−0.5, 1]
 */
export function tokenRewardsWithKl(
  scores: Column,
  logprobs: Column,
  referenceLogprobs: Column,
  coefficient: number,
): Column {
  const offsets = logprobs.offsets
  const referenceOffsets = referenceLogprobs.offsets
  const rollouts = rolloutsOf(scores)
  if (
    scores.offsets !== undefined ||
    offsets === undefined ||
    referenceOffsets === undefined ||
    rolloutsOf(logprobs) !== rollouts ||
    rolloutsOf(referenceLogprobs) !== rollouts
  ) {
    throw new GuerdonError('ARGUMENT_INVALID', 'scores and log-probabilities do not belong together', {
      expected: 'one score and two lists of log-probabilities a rollout',
      found: `${rollouts} scores, ${rolloutsOf(logprobs)} and ${rolloutsOf(referenceLogprobs)} lists`,
    })
  }
  const rewards = createRaggedColumn('token', offsets)
  for (let row = 0; row < rollouts; row++) {
    const start = offsets[row]!
    const end = offsets[row + 1]!
    const shift = referenceOffsets[row]! - start
    const fits = referenceOffsets[row + 1]! - referenceOffsets[row]! === end - start
    for (let token = start; token < end; token++) {
      const reference = token + shift
      if (scores.valid[row] === 0) {
        invalidate(rewards, token, scores.reasons?.[row] ?? 'no score')
      } else if (!fits) {
        invalidate(rewards, token, 'the policies give different numbers of log-probabilities')
      } else if (logprobs.valid[token] === 0) {
        invalidate(rewards, token, logprobs.reasons?.[token] ?? 'no log-probability')
      } else if (referenceLogprobs.valid[reference] === 0) {
        invalidate(rewards, token, referenceLogprobs.reasons?.[reference] ?? 'no reference log-probability')
      } else {
        const difference = logprobs.values[token]! - referenceLogprobs.values[reference]!
        rewards.values[token] = -coefficient * difference + (token === end - 1 ? scores.values[row]! : 0)
      }
    }
  }
  return sealColumn(rewards)
}
