/** Generalised advantage estimation: token rewards and a critic's values → advantages. Unbounded. */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { tokenAdvantagesAreLost } from '../kinds/trainer-sentences.ts'
import { whitenMasked } from '../numerics/whiten.ts'
import { type Column, copyColumn, createRaggedColumn, invalidate } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'
import { tokenAdvantages } from './advantage-columns.ts'
import { expandTokens } from './expand-tokens.ts'
import { emptyRollouts, TOKEN_LENGTHS, tokenRewardsOf } from './token-rewards.ts'

export interface GeneralisedAdvantageOptions {
  /** discount a token */
  readonly gamma: number
  /** 0: one-step errors, 1: the whole return minus the value */
  readonly lambda: number
  /**
   * tokens outside the mask: `skip` passes value and advantage over them unchanged (verl; right for tool outputs),
   * `zero` takes them as tokens with reward 0 and value 0 (PAR's trainer)
   */
  readonly outside?: 'skip' | 'zero'
}

export interface GeneralisedAdvantages {
  /** not whitened; outside the mask: the advantage of the next token inside (`skip`) */
  readonly advantages: Float64Array
  /** advantages + values, the target of the critic */
  readonly returns: Float64Array
}

/**
 * Backwards over each rollout's tokens: δ = r_t + γ·V_next − V_t, A_t = δ + γλ·A_next, with value 0 after the last
 * token; returns = A + V. All arrays by token, rollout i at `offsets[i] … offsets[i + 1] − 1`.
 * Source: Schulman et al. 2016; verl core_algos.py `compute_gae_advantage_return`.
 *
 * @example generalisedAdvantages(Float64Array.of(0, 1), Float64Array.of(0.5, 0.5), Uint8Array.of(1, 1),
 *   Int32Array.of(0, 2), { gamma: 1, lambda: 1 }).advantages // [0.5, 0.5]
 */
export function generalisedAdvantages(
  rewards: Float64Array,
  values: Float64Array,
  mask: Uint8Array,
  offsets: Int32Array,
  { gamma, lambda, outside = 'skip' }: GeneralisedAdvantageOptions,
): GeneralisedAdvantages {
  const advantages = new Float64Array(rewards.length)
  const returns = new Float64Array(rewards.length)
  const decay = gamma * lambda
  for (let rollout = 0; rollout + 1 < offsets.length; rollout++) {
    const start = offsets[rollout]!
    let nextValue = 0
    let running = 0
    for (let token = offsets[rollout + 1]! - 1; token >= start; token--) {
      if (mask[token] !== 0) {
        running = rewards[token]! + gamma * nextValue - values[token]! + decay * running
        nextValue = values[token]!
      } else if (outside === 'zero') {
        running = gamma * nextValue + decay * running
        nextValue = 0
      }
      advantages[token] = running
      returns[token] = running + (mask[token] !== 0 || outside === 'skip' ? values[token]! : 0)
    }
  }
  return { advantages, returns }
}

export const gae = defineAdvantage({
  name: 'gae',
  summary: 'Generalised advantage estimation from token rewards and a critic’s values, as PPO uses it.',
  paper: {
    slug: '00-baselines',
    title: 'High-Dimensional Continuous Control Using Generalized Advantage Estimation',
    source: 'equation 16; verl compute_gae_advantage_return',
  },
  formula: 'A_t = r_t + γ·V_{t+1} − V_t + γλ·A_{t+1}',
  range: 'unbounded',
  aliases: ['ppo', 'generalised advantage estimation', 'generalized advantage estimation', 'renorm'],
  scope: 'batch',
  takes: 'token',
  grain: 'token',
  parameters: z.object({
    values: z
      .string()
      .describe('column with the critic’s value of each token, or one value a rollout for all its tokens'),
    gamma: z.number().min(0).max(1).default(1).describe('discount a token'),
    lambda: z.number().min(0).max(1).default(1).describe('weight of later errors; verl 1, PAR 0.95'),
    whiten: z
      .enum(['unbiased', 'biased', 'none'])
      .default('unbiased')
      .describe('over the batch’s tokens, variance with n − 1 (verl) or n (PAR, OpenRLHF); or not at all'),
    outside: z
      .enum(['skip', 'zero'])
      .default('skip')
      .describe('tokens that are not the policy’s: skip them (verl), or take reward and value as 0 (PAR)'),
  }),
  inputs: ({ values }) => ({ ...TOKEN_LENGTHS, values: { from: 'column', column: values } }),
  warnings: tokenAdvantagesAreLost,
  examples: [
    {
      title: 'a tool’s output between two tokens of the policy is skipped',
      parameters: { values: 'critic', whiten: 'none' },
      input: { column: [[0, null, 1]], grain: 'token', inputs: { values: [[0.25, 9, 0.5]] } },
      result: [[0.75, null, 0.5]],
    },
    {
      title: 'whitened over the batch',
      parameters: { values: 'critic' },
      input: { column: [1, 0], inputs: { lengths: [1, 1], values: [[0.5], [0.5]] } },
      result: [[Math.SQRT1_2], [-Math.SQRT1_2]],
      tolerance: 1e-6,
    },
  ],
  apply(input, { gamma, lambda, whiten, outside }) {
    const tokens = copyColumn(tokenRewardsOf(input))
    const values = valuesByToken(input.inputs.values, tokens)
    if (values === undefined || values.values.length !== tokens.values.length) {
      throw new GuerdonError('ARGUMENT_INVALID', 'the critic’s values do not fit the tokens', {
        expected: `${tokens.values.length} values, one a token`,
        found: values?.values.length,
      })
    }
    for (let token = 0; token < tokens.values.length; token++) {
      if (values.valid[token] === 0) invalidate(tokens, token, values.reasons?.[token] ?? 'no value')
    }
    const { advantages } = generalisedAdvantages(
      tokens.values,
      values.values,
      tokens.valid,
      tokens.offsets!,
      {
        gamma,
        lambda,
        outside,
      },
    )
    if (whiten !== 'none') whitenMasked(advantages, tokens.valid, whiten === 'unbiased')
    return {
      advantages: tokenAdvantages(tokens, advantages),
      evidence: { emptyRollouts: emptyRollouts(tokens) },
    }
  },
})

/** One value a rollout stands for each of its tokens. */
function valuesByToken(values: Column | undefined, { offsets }: Column): Column | undefined {
  if (values === undefined || values.grain !== 'rollout') return values
  const result = createRaggedColumn('token', offsets!)
  result.values.set(expandTokens(values.values, offsets!))
  for (let row = 0; row < values.values.length; row++) {
    if (values.valid[row] === 1) continue
    for (let token = offsets![row]!; token < offsets![row + 1]!; token++) {
      invalidate(result, token, values.reasons?.[row] ?? 'no value')
    }
  }
  return result
}
