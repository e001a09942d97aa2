/**
 * A head whose rewards are averaged with those of similar training answers: RewardFusion (paper 32) as a saved model.
 * The corpus lies in the weights, so that scoring needs nothing beside them.
 */
import { z } from 'zod'
import { type HostTensor, hostTensor } from '../engine/host-tensor.ts'
import { norm, takeLast, topK, where } from '../engine/operations.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import { rowsOf } from '../engine/sessions/fill.ts'
import { matmul, type Tensor } from '../engine/tensor.ts'
import { RandomStream } from '../numerics/random.ts'
import { bradleyTerryHead, headParameters } from './bradley-terry-head.ts'
import { defineRecipe, type Recipe } from './recipe.ts'
import { openRowScorer } from './score-rows.ts'

const CORPUS = 'corpus.embedding'
const CORPUS_REWARD = 'corpus.reward'

const unit = (x: Tensor): Tensor => x.div(norm(x, true).maximum(1e-12))

/** (R(x) + Σ s_j R(x_j)) / (1 + Σ s_j) over at most k corpus rows with cosine s_j ≥ threshold. */
function fused(weights: TensorTree, completion: Tensor, own: Tensor, k: number, threshold: number): Tensor {
  const corpus = weights[CORPUS]!
  const similarities = matmul(unit(completion), unit(corpus), false, true)
  const { values, indices } = topK(similarities, Math.min(k, corpus.shape[0]!))
  const rewards = takeLast(
    weights[CORPUS_REWARD]!.expand(0).broadcast([completion.shape[0]!, corpus.shape[0]!]),
    indices,
  )
  const used = where(values.greaterEqual(threshold), values, 0)
  return own.add(used.mul(rewards).sum(-1)).div(used.sum(-1).add(1))
}

export const fusedHead = defineRecipe({
  name: 'fused-head',
  summary:
    'A head whose rewards are averaged with those of similar training answers, for consistency at scoring time.',
  paper: {
    slug: '32-trickle-down',
    title: 'The Trickle-down Impact of Reward (In-)consistency on RLHF',
    source: 'RewardFusion; the authors’ reward_fusion.py',
  },
  aliases: ['reward fusion'],
  parameters: z.object({
    ...headParameters,
    k: z.number().int().min(1).default(5).describe('most similar training answers that enter'),
    threshold: z.number().max(2).default(0.9).describe('least cosine of one; above 1 nothing is averaged'),
    corpus: z.number().int().min(1).default(5000).describe('training answers that are kept with the model'),
  }),
  async train(data, { k: _, threshold: __, corpus, ...head }, context) {
    const { model } = await bradleyTerryHead.run(data, head, context)
    const rows = new RandomStream(context.seed)
      .derive('corpus')
      .shuffle(Array.from({ length: data.train.count }, (_row, row) => row))
      .slice(0, corpus)
    const embeddings: HostTensor = rowsOf(data.train.chosen, Int32Array.from(rows), 'chosen')
    const scorer = await openRowScorer(
      {
        recipe: bradleyTerryHead as unknown as Recipe,
        parameters: head,
        weights: model.weights,
        settings: {},
        width: data.train.width,
      },
      { worker: false, ...(context.backEnd && { backEnd: context.backEnd }) },
    )
    try {
      const { reward } = await scorer.score({ completion: embeddings })
      return {
        ...model,
        weights: {
          ...model.weights,
          [CORPUS]: embeddings,
          [CORPUS_REWARD]: hostTensor(Float32Array.from(reward), [reward.length]),
        },
      }
    } finally {
      await scorer.close()
    }
  },
  score(weights, inputs, { k, threshold, corpus: _, ...head }) {
    const own = bradleyTerryHead.score(weights, inputs, { ...head, centring: 0, lengthNormalised: false }, {})
    return {
      reward: fused(weights, inputs.completion, own.reward, k, threshold),
      parts: { unfused: own.reward },
    }
  },
})
