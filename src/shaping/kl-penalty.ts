/**
 * A KL penalty on the whole completion: r − λ·(log π(y|x) − log π_ref(y|x)). Unbounded; in expectation over the policy's
 * own samples it is the reward less λ times the KL divergence. For trainers that take one number and have no KL term of
 * their own. Source: paper 17, alignment by RL.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { copyColumn, invalidate, sealColumn } from '../records/column.ts'
import { inputColumn } from './declared-inputs.ts'

/**
 * r − λ·(log π − log π_ref) of n samples.
 *
 * @example klPenalisedRewards([1], [-2], [-4], 0.25) // [0.5]
 */
export function klPenalisedRewards(
  rewards: ArrayLike<number>,
  logProbabilities: ArrayLike<number>,
  referenceLogProbabilities: ArrayLike<number>,
  coefficient: number,
): Float64Array {
  const penalised = new Float64Array(rewards.length)
  for (let row = 0; row < penalised.length; row++)
    penalised[row] = rewards[row]! - coefficient * (logProbabilities[row]! - referenceLogProbabilities[row]!)
  return penalised
}

export const klPenalty = defineShaping({
  name: 'kl-penalty',
  summary: 'Takes λ times the log-ratio of policy and reference off the reward of a completion.',
  paper: {
    slug: '17-ensembles',
    title: 'Helping or Herding? Reward Model Ensembles Mitigate but do not Eliminate Reward Hacking',
    source: 'alignment by RL',
  },
  formula: 'r − λ · Σ_t (log π_t − log π_ref,t)',
  range: 'unbounded',
  aliases: ['kl regularised reward', 'kl in the reward', 'k1'],
  grains: ['rollout'],
  scope: 'row',
  parameters: z.object({ coefficient: z.number().nonnegative().default(0.05).describe('λ') }),
  inputs: () => ({ logprobs: { from: 'logprobs' }, reference: { from: 'reference-logprobs' } }),
  warnings: (trainer) => [`${trainer} may add a KL term of its own: set one of the two coefficients to 0.`],
  examples: [
    {
      title:
        'two tokens that the policy likes more than the reference does; one that is missing, unequal lengths, nothing logged',
      parameters: { coefficient: 0.5 },
      input: {
        column: [1, 1, 1, 1],
        inputs: { logprobs: [[-1, -1], [null], [-1], []], reference: [[-2, -2], [-1], [-1, -1], []] },
      },
      result: [0, null, null, null],
    },
  ],
  apply(column, { coefficient }, { inputs }) {
    const result = copyColumn(column)
    const policy = inputColumn(inputs, 'logprobs')
    const reference = inputColumn(inputs, 'reference')
    for (let row = 0; row < result.values.length; row++) {
      if (result.valid[row] === 0) continue
      const start = policy.offsets![row]!
      const end = policy.offsets![row + 1]!
      const from = reference.offsets![row]!
      // Even an empty completion ends with a token: nothing logged is not a ratio of 0.
      if (start === end) {
        invalidate(result, row, 'no log-probabilities')
        continue
      }
      if (reference.offsets![row + 1]! - from !== end - start) {
        invalidate(result, row, 'the policies give different numbers of log-probabilities')
        continue
      }
      let ratio = 0
      for (let token = start; token < end; token++) {
        const other = from + token - start
        if (policy.valid[token] === 0) {
          invalidate(result, row, policy.reasons?.[token] ?? 'no log-probability')
        } else if (reference.valid[other] === 0) {
          invalidate(result, row, reference.reasons?.[other] ?? 'no reference log-probability')
        }
        ratio += policy.values[token]! - reference.values[other]!
      }
      if (result.valid[row] === 1) result.values[row]! -= coefficient * ratio
    }
    return sealColumn(result)
  },
})
