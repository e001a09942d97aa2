/**
 * PPO on trajectories that were not sampled from the policy, as published, with its own returns and normalisation.
 * Source: paper 46; `model_code.py:_compute_rewards, _compute_advantage_and_return, ppo_loss`.
 */
import { z } from 'zod'
import { concat, stopGradient } from '../engine/operations.ts'
import { constant, full, type Tensor } from '../engine/tensor.ts'
import { defineObjective } from './objective.ts'

/** (γλ)^(s − t) for s ≥ t, else 0: sums over what comes later, as one product. */
function discounts(length: number, factor: number, like: Tensor): Tensor {
  const values = new Float64Array(length * length)
  for (let s = 0; s < length; s++) for (let t = 0; t <= s; t++) values[s * length + t] = factor ** (s - t)
  return constant(values, [length, length], like.dtype)
}

/** Each row moved one place to the left, with 0 at its end. */
const shifted = (x: Tensor): Tensor =>
  concat([x.slice(1, 1), full([x.shape[0]!, 1], 0, x.dtype)].slice(x.shape[1] === 1 ? 1 : 0), 1)

export const limitedTrajectoryPpo = defineObjective({
  name: 'limited-trajectory-ppo',
  summary:
    'PPO on given completions and their rewards, as the authors coded it; for comparison, not for use.',
  paper: {
    slug: '46-domain-knowledge-rm',
    title:
      'Leveraging Domain Knowledge for Efficient Reward Modelling in RLHF: A Case-Study in E-Commerce Opinion Summarization',
    source: 'model_code.py:ppo_loss',
  },
  formula:
    'r = −β·KL, + score at the last token; A = GAE(γ, λ), normalised over all positions, padding included; R = A + V_next; policy −min(ρA, clip(ρ)A)/divisor, value ½·max((V − R)², (clip(V) − R)²); row sums divided by the row’s tokens',
  parameters: z.object({
    mode: z
      .enum(['instruct-gpt', 'abs', 'square'])
      .default('instruct-gpt')
      .describe('the estimate of KL: the log-ratio, its size, or half its square'),
    beta: z.number().min(0).default(0.2).describe('β'),
    gamma: z.number().min(0).max(1).default(0.99).describe('γ'),
    lambda: z.number().min(0).max(1).default(0.95).describe('λ'),
    clip: z.number().min(0).default(0.2).describe('half width of the clip of ratios and of values'),
    epsilon: z.number().min(0).default(1e-9).describe('added to the deviation of the advantages'),
    policyLossDivisor: z
      .number()
      .positive()
      .default(1)
      .describe('the authors’ schedule starts it at 1e20 and lowers it tenfold an evaluation'),
    valueWeight: z.number().min(0).default(0.75).describe('weight of the value loss'),
  }),
  inputs: {
    logProbabilities: { description: 'of the tokens, 0 where masked, [rows, tokens]', differentiable: true },
    oldLogProbabilities: {
      description: 'of the tokens under the old policy, 0 where masked, [rows, tokens]',
      differentiable: false,
    },
    values: { description: 'the critic, 0 where masked, [rows, tokens]', differentiable: true },
    oldValues: { description: 'the old critic, [rows, tokens]', differentiable: false },
    mask: { description: '1 for tokens, then 0, [rows, tokens]', differentiable: false },
    scores: { description: 'the reward of each completion, [rows]', differentiable: false },
  },
  aliases: ['PPO'],
  compute({ logProbabilities, oldLogProbabilities, values, oldValues, mask, scores }, parameters) {
    const { mode, beta, gamma, lambda, clip, epsilon, policyLossDivisor, valueWeight } = parameters
    const length = mask!.shape[1]!
    const ratioLog = logProbabilities!.sub(oldLogProbabilities!)
    const estimate =
      mode === 'abs' ? ratioLog.abs() : mode === 'square' ? ratioLog.square().mul(0.5) : ratioLog
    const ends = mask!.sub(shifted(mask!))
    const rewards = stopGradient(
      estimate
        .mul(-beta)
        .mul(mask!)
        .add(ends.mul(scores!.expand(1))),
    )

    const next = shifted(values!)
    const deltas = rewards.add(next.mul(gamma)).sub(values!).mul(mask!)
    const bare = deltas.matmul(discounts(length, gamma * lambda, deltas))
    const centred = bare.sub(bare.mean())
    const deviation = centred
      .square()
      .sum()
      .mul(1 / (bare.size - 1))
      .sqrt()
    const advantages = stopGradient(centred.div(deviation.add(epsilon)))
    const returns = stopGradient(advantages.add(next))

    const tokens = mask!.sum(1)
    const rowMean = (x: Tensor): Tensor => x.sum(1).div(tokens).mean()
    const held = oldValues!.sub(clip).maximum(values!.minimum(oldValues!.add(clip)))
    const off = values!.sub(returns).square().maximum(held.sub(returns).square())
    const valueLoss = rowMean(off.mul(0.5))
    const ratio = ratioLog.exp()
    const clipped = ratio.minimum(1 + clip).maximum(1 - clip)
    const gain = advantages.mul(ratio).minimum(advantages.mul(clipped))
    const policyLoss = rowMean(gain.neg()).mul(1 / policyLossDivisor)
    return {
      loss: policyLoss.add(valueLoss.mul(valueWeight)),
      parts: { rewards, advantages, returns, policyLoss, valueLoss },
    }
  },
})
